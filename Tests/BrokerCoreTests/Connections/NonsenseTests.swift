import BrokerCore
import MQTT
import TestSupport
import Testing

/// Whatever comes from a socket, the broker stands.
@Suite struct NonsenseTests {
    private static let packets: [Packet] = [
        .connect(Connect(clientID: clientID("a"), will: Will(topic: topicName("w"), payload: [1]))),
        .publish(Publish(topic: topicName("a/b"), payload: [1, 2, 3])),
        .publish(Publish(topic: topicName("a"), payload: [1], qos: .atLeastOnce, retain: true, packetID: 1)),
        .publish(
            Publish(
                topic: topicName("c"), payload: [], qos: .exactlyOnce, packetID: 2,
                properties: [.topicAlias(2), .messageExpiryInterval(.max), .responseTopic([0x61])])),
        .pubAck(Acknowledgement(packetID: 1)), .pubRec(Acknowledgement(packetID: 1)),
        .pubRel(Acknowledgement(packetID: 2)), .pubComp(Acknowledgement(packetID: 1)),
        .subscribe(
            Subscribe(
                packetID: 3,
                subscriptions: ["#", "a/+", "$share/g/a"].map {
                    Subscription(filter: topicFilter($0), maximumQoS: .exactlyOnce)
                }, properties: [.subscriptionIdentifier(7)])),
        .unsubscribe(Unsubscribe(packetID: 4, filters: [topicFilter("#")])),
        .pingRequest, .disconnect(Disconnect(reason: .disconnectWithWill)), .auth(Auth()),
    ]

    @Test(arguments: [UInt64](1...8))
    func standsAnything(_ seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let stage = Stage(BrokerConfiguration(openQueue: true))
        var ids: [ConnectionID] = []
        for step in 0..<1_500 {
            if ids.count < 5 {
                let name = "c\(Int.random(in: 0..<4, using: &random))"
                let version: ProtocolVersion = Bool.random(using: &random) ? .v5 : .v311
                let properties: Properties =
                    version == .v5 ? [.sessionExpiryInterval(5), .receiveMaximum(3), .maximumPacketSize(200)] : []
                ids.append(
                    stage.client(
                        name, version: version, cleanStart: Bool.random(using: &random), keepAlive: 5,
                        properties: properties,
                        will: Will(topic: topicName("will"), payload: [2], qos: .atLeastOnce, retain: true)))
            }
            let place = Int.random(in: 0..<ids.count, using: &random)
            guard let packet = NonsenseTests.packets.randomElement(using: &random) else { continue }
            var bytes = packet.encoded(Bool.random(using: &random) ? .v5 : .v311)
            if Int.random(in: 0..<3, using: &random) == 0 {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            stage.send(bytes, from: ids[place])
            _ = stage.take(ids[place])
            switch Int.random(in: 0..<40, using: &random) {
            case 0: stage.end(ids[place])
            case 1: stage.pass(Double.random(in: 0...3, using: &random))
            case 2: stage.commit(UInt64(step / 2)...UInt64(step))
            case 3: stage.stuck.insert(ids[place])
            case 4: stage.stuck.removeAll()
            case 5:
                stage.withBroker { broker, now in
                    broker.cut(ids[place], reason: .administrativeAction, fireWill: true, cleanSession: false, at: now)
                }
            default: break
            }
            ids.removeAll { stage.closed.contains($0) }
        }
    }
}
