import BrokerCore
import MQTT
import Testing

/// How many messages may be under way, in both directions, and in which order they go.
@Suite struct FlowControlTests {
    let stage = Stage()

    // covers: MQTT-4.9.0-1 (5.0), MQTT-4.9.0-2 (5.0), MQTT-3.3.4-9 (5.0)
    @Test(arguments: [1, 2, 7] as [UInt16])
    func sendsNoMoreThanTheClientTakesAtOnce(_ most: UInt16) {
        let reader = stage.client("reader", properties: [.receiveMaximum(most)])
        _ = stage.subscribe(reader, "t", qos: .exactlyOnce)
        let writer = stage.client("writer")
        for number in 0..<30 {
            stage.say(writer, "t", "\(number)", qos: number % 2 == 0 ? .atLeastOnce : .exactlyOnce)
        }
        var waiting = stage.publishes(reader)
        var seen = waiting
        while let message = waiting.first {
            #expect(waiting.count <= Int(most))
            waiting.removeFirst()
            if message.qos == .atLeastOnce {
                stage.send(.pubAck(Acknowledgement(packetID: message.packetID)), from: reader)
            } else {
                // PUBREC frees nothing: the place is taken until PUBCOMP.
                stage.send(.pubRec(Acknowledgement(packetID: message.packetID)), from: reader)
                #expect(stage.take(reader) == [.pubRel(Acknowledgement(packetID: message.packetID))])
                stage.send(.pubComp(Acknowledgement(packetID: message.packetID)), from: reader)
            }
            let more = stage.publishes(reader)
            #expect(more.count <= 1)
            waiting += more
            seen += more
        }
        #expect(seen.map(\.text) == (0..<30).map { "\($0)" })
    }

    /// The quota begins anew with each connection; what is sent again counts.
    // covers: MQTT-4.9.0-1 (5.0), MQTT-3.3.4-9 (5.0)
    @Test func beginsTheQuotaAnewOnEachConnection() {
        let reader = stage.client("reader", cleanStart: false, properties: kept(.v5, [.receiveMaximum(5)]))
        _ = stage.subscribe(reader, "t", qos: .atLeastOnce)
        let writer = stage.client("writer")
        for number in 0..<10 { stage.say(writer, "t", "\(number)", qos: .atLeastOnce) }
        #expect(stage.publishes(reader).count == 5)
        stage.end(reader)
        let again = stage.client("reader", cleanStart: false, properties: kept(.v5, [.receiveMaximum(2)]))
        let messages = stage.publishes(again)
        #expect(messages.map(\.text) == ["0", "1"] && messages.allSatisfy(\.duplicate))
        stage.send(.pubAck(Acknowledgement(packetID: messages[0].packetID)), from: again)
        #expect(stage.publishes(again).map(\.text) == ["2"])
    }

    /// A PUBREL of before waits for no message that the client does not take yet. Where it takes all, the order stays.
    // covers: MQTT-4.9.0-3 (5.0), MQTT-4.4.0-1 (5.0), MQTT-4.6.0-4 (5.0)
    @Test(arguments: [1, 4] as [UInt16])
    func releasesWithoutWaitingForTheQuota(_ most: UInt16) {
        let reader = stage.client("reader", cleanStart: false, properties: kept(.v5))
        _ = stage.subscribe(reader, "t", qos: .exactlyOnce)
        let writer = stage.client("writer")
        for (text, qos) in [("a", .atLeastOnce), ("b", .atLeastOnce), ("c", .exactlyOnce), ("d", .exactlyOnce)]
            as [(String, QoS)]
        { stage.say(writer, "t", text, qos: qos) }
        #expect(stage.publishes(reader).map(\.packetID) == [1, 2, 3, 4])
        for id in [3, 4] as [UInt16] { stage.send(.pubRec(Acknowledgement(packetID: id)), from: reader) }
        stage.end(reader)
        let again = stage.client("reader", cleanStart: false, properties: kept(.v5, [.receiveMaximum(most)]))
        #expect(
            seen(again) == (most == 1 ? ["release 3", "release 4"] : ["a", "b", "release 3", "release 4"]))
        for id in [3, 4] as [UInt16] { stage.send(.pubComp(Acknowledgement(packetID: id)), from: again) }
        stage.send(.pubAck(Acknowledgement(packetID: 1)), from: again)
        #expect(seen(again) == (most == 1 ? ["a", "b"] : []))
        stage.send(.pubAck(Acknowledgement(packetID: 2)), from: again)
        stage.say(writer, "t", "e", qos: .atLeastOnce)
        #expect(seen(again) == ["e"])
    }

    private func seen(_ id: ConnectionID) -> [String] {
        stage.take(id).map { packet in
            switch packet {
            case .publish(let message): message.text
            case .pubRel(let release): "release \(release.packetID)"
            default: "\(packet)"
            }
        }
    }

    /// One message that is never acknowledged does not make the broker hold all that come after it.
    @Test func waitsForTheOldestWhenManyAreUnderWay() {
        var limits = Limits()
        limits.inFlight = 4
        let stage = Stage(BrokerConfiguration(limits: limits))
        let reader = stage.client("reader")
        _ = stage.subscribe(reader, "t", qos: .atLeastOnce)
        let writer = stage.client("writer")
        for number in 0..<9 { stage.say(writer, "t", "\(number)", qos: .atLeastOnce) }
        let first = stage.publishes(reader)
        #expect(first.map(\.text) == ["0", "1", "2", "3"])
        for message in first.dropFirst() {
            stage.send(.pubAck(Acknowledgement(packetID: message.packetID)), from: reader)
        }
        #expect(stage.publishes(reader).isEmpty)
        stage.send(.pubAck(Acknowledgement(packetID: first[0].packetID)), from: reader)
        #expect(stage.drain(reader).map(\.text) == ["4", "5", "6", "7", "8"])
    }

    /// A client whose hands are full is still heard, and still gets everything else.
    // covers: MQTT-3.3.4-10 (5.0), MQTT-4.9.0-3 (5.0)
    @Test func goesOnWithEverythingElseWhileTheQuotaIsUsedUp() {
        let id = stage.client("a", properties: [.receiveMaximum(1)])
        _ = stage.subscribe(id, "t", qos: .atLeastOnce)
        let writer = stage.client("writer")
        for number in 0..<3 { stage.say(writer, "t", "\(number)", qos: .atLeastOnce) }
        #expect(stage.publishes(id).map(\.text) == ["0"])
        stage.send(.pingRequest, from: id)
        stage.publish(id, "other", "x", qos: .exactlyOnce, packetID: 5)
        stage.send(.pubRel(Acknowledgement(packetID: 5)), from: id)
        stage.subscribe(id, packetID: 6, [Subscription(filter: topicFilter("light"))])
        stage.send(.unsubscribe(Unsubscribe(packetID: 7, filters: [topicFilter("other")])), from: id)
        stage.say(writer, "light", "!", qos: .atLeastOnce)
        let packets = stage.take(id)
        #expect(
            packets.map(\.type) == [.pingResponse, .pubRec, .pubComp, .subAck, .unsubAck, .publish], "\(packets)")
    }

    // covers: MQTT-3.3.4-7 (5.0)
    @Test(arguments: [QoS.atLeastOnce, .exactlyOnce])
    func endsWhoSendsMoreAtOnceThanItWasTold(_ qos: QoS) throws {
        // Messages for the durable queue are under way until it has committed them.
        let (id, answer) = stage.greet(
            Connect(clientID: clientID("\(Cast.worker)"), keepAlive: 0), .worker(pool: Cast.pool))
        let most = try #require(answer?.properties.receiveMaximum)
        for number in 1...most { stage.publish(id, Cast.writeonly, "x", qos: qos, packetID: number) }
        #expect(!stage.closed.contains(id))
        stage.publish(id, Cast.writeonly, "x", qos: qos, packetID: most + 1)
        #expect(stage.goodbye(id) == .receiveMaximumExceeded)
        #expect(stage.closed.contains(id))
    }

    /// From each publisher, on each topic, at each quality: in the order of sending, to every subscriber, while
    /// others talk and the reader is slow.
    // covers: MQTT-4.6.0-5 (5.0), MQTT-4.6.0-6 (5.0), MQTT-4.6.0-5 (3.1.1), MQTT-4.6.0-6 (3.1.1)
    @Test(arguments: bothVersions)
    func keepsTheOrderOfEachPublisher(_ version: ProtocolVersion) {
        let wild = stage.client("wild", version: version)
        _ = stage.subscribe(wild, "#", qos: .exactlyOnce)
        let exact = stage.client(
            "exact", version: version, properties: version == .v5 ? [.receiveMaximum(3)] : [])
        _ = stage.subscribe(exact, "t/0", qos: .atLeastOnce)
        let writers = (0..<3).map { stage.client("writer \($0)", version: version) }
        var seen: [Publish] = []
        var heard: [Publish] = []
        for number in 0..<60 {
            if number == 20 { stage.stuck.insert(wild) }
            if number == 40 { stage.unstick(wild) }
            let qos = QoS(rawValue: UInt8(number / 5 % 3)) ?? .atMostOnce
            stage.say(writers[number % 3], "t/\(number % 2)", "\(number)", qos: qos)
            if number % 10 == 0, number < 20 || number > 40 { seen += stage.drain(wild) }
            if number % 25 == 0 { heard += stage.drain(exact) }
        }
        seen += stage.drain(wild)
        heard += stage.drain(exact)
        #expect(seen.map(\.text).sorted() == (0..<60).map { "\($0)" }.sorted())
        for (messages, topics) in [(seen, ["t/0", "t/1"]), (heard, ["t/0"])] {
            for topic in topics {
                for writer in 0..<3 {
                    for qos in [QoS.atMostOnce, .atLeastOnce, .exactlyOnce] {
                        let numbers = messages.filter { $0.topic == topicName(topic) && $0.qos == qos }
                            .compactMap { Int($0.text) }.filter { $0 % 3 == writer }
                        #expect(numbers == numbers.sorted(), "\(topic) of \(writer) at \(qos)")
                    }
                }
            }
        }
    }

    /// What is sent again comes in the order it was sent in, and before what is new.
    // covers: MQTT-4.6.0-6 (5.0), MQTT-4.4.0-1 (5.0), MQTT-4.6.0-6 (3.1.1), MQTT-4.4.0-1 (3.1.1)
    @Test(arguments: bothVersions)
    func keepsTheOrderWhenItSendsAgain(_ version: ProtocolVersion) {
        let reader = stage.client("reader", version: version, cleanStart: false, properties: kept(version))
        _ = stage.subscribe(reader, "t", qos: .exactlyOnce)
        let writer = stage.client("writer")
        for number in 0..<6 { stage.say(writer, "t", "\(number)", qos: number % 2 == 0 ? .exactlyOnce : .atLeastOnce) }
        #expect(stage.publishes(reader).count == 6)
        stage.send(.pubAck(Acknowledgement(packetID: 2)), from: reader)
        stage.end(reader)
        for number in 6..<9 { stage.say(writer, "t", "\(number)", qos: .atLeastOnce) }
        let again = stage.client("reader", version: version, cleanStart: false, properties: kept(version))
        let messages = stage.drain(again)
        #expect(messages.map(\.text) == ["0", "2", "3", "4", "5", "6", "7", "8"])
        #expect(messages.map(\.duplicate) == [true, true, true, true, true, false, false, false])
    }

    /// Acknowledgements of a client's messages come in the order of the messages, as a client's are asked to.
    @Test func acknowledgesInOrder() {
        let id = stage.client("a")
        for number in 1...20 as ClosedRange<UInt16> {
            stage.publish(id, "t", "x", qos: number % 3 == 0 ? .exactlyOnce : .atLeastOnce, packetID: number)
        }
        let ids = stage.take(id).map { packet -> UInt16 in
            switch packet {
            case .pubAck(let answer), .pubRec(let answer): return answer.packetID
            default: return 0
            }
        }
        #expect(ids == Array(1...20))
    }
}
