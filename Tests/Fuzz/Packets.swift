import MQTT

extension FuzzTarget {
    /// The body of a CONNECT; its length is put in front of it.
    static let connect = FuzzTarget(name: "connect") { body in
        let whole = framed(0x10, body)
        guard let read = decoded(whole, .v5) else { return }
        guard case .connect(let connect) = read else { return law(false, "a CONNECT became \(read)") }
        law(Naive.isText(connect.clientID.bytes), "the client id is no text")
        law(connect.userName.map(Naive.isText) ?? true, "the user name is no text")
        check(connect.properties, .connect)
        if let will = connect.will {
            law(Naive.isTopic(will.topic.bytes), "the will's topic is no topic")
            check(will.properties, .will)
        }
        law(read.encoded(connect.version) == whole, "a CONNECT changes when written again")
    }

    /// The first byte is half flags, half version; the rest is the body of a PUBLISH.
    static let publish = FuzzTarget(name: "publish") { input in
        var script = Script(input)
        let choice = script.byte()
        let version: ProtocolVersion = choice & 0x10 == 0 ? .v5 : .v311
        let whole = framed(0x30 | choice & 15, script.rest())
        guard let read = decoded(whole, version) else { return }
        guard case .publish(let publish) = read else { return law(false, "a PUBLISH became \(read)") }
        law(publish.topic.map { Naive.isTopic($0.bytes) } ?? true, "the topic is no topic")
        law((publish.qos == .atMostOnce) == (publish.packetID == 0), "an identifier goes with QoS 1 and 2")
        law(!(publish.duplicate && publish.qos == .atMostOnce), "QoS 0 is never a duplicate")
        law(version == .v5 || publish.properties.isEmpty, "3.1.1 has no properties")
        check(publish.properties, .publish)
        law(read.encoded(version) == whole, "a PUBLISH changes when written again")
        guard let header = try? FixedHeader.parse(whole.span.bytes),
            let view = try? PublishView(whole.span.bytes, at: 0, header: header, version: version)
        else { return law(false, "the view refuses what the packet takes") }
        law(Array(whole[view.topic]) == publish.topic?.bytes ?? [], "the view's topic is another")
        law(Array(whole[view.payload]) == publish.payload, "the view's payload is another")
        // The hot path writes packets from their parts: the same bytes.
        let size = PublishSize(
            topic: view.topic.count, hasID: view.packetID != 0, version: version, properties: view.properties.count,
            hasExpiry: false, identifiers: [], payload: view.payload.count)
        var built: [UInt8] = []
        built.appendPublish(
            whole[0], size: size, topic: Array(whole[view.topic]), id: view.packetID, version: version,
            properties: whole.span.bytes.extracting(view.properties), expiry: nil, identifiers: [],
            payload: whole.span.bytes.extracting(view.payload))
        law(built == whole && size.whole == whole.count, "the parts make another packet")
    }

    /// SUBSCRIBE and UNSUBSCRIBE, of both versions: the first byte says which.
    static let subscribe = FuzzTarget(name: "subscribe") { input in
        var script = Script(input)
        let choice = script.byte()
        let version: ProtocolVersion = choice & 1 == 0 ? .v5 : .v311
        let whole = framed(choice & 2 == 0 ? 0x82 : 0xA2, script.rest())
        guard let read = decoded(whole, version) else { return }
        switch read {
        case .subscribe(let subscribe):
            law(!subscribe.subscriptions.isEmpty && subscribe.packetID != 0, "a SUBSCRIBE of nothing")
            for subscription in subscribe.subscriptions {
                law(Naive.isFilter(subscription.filter.bytes), "a filter is no filter")
                law(!(subscription.noLocal && subscription.filter.isShared), "No Local and shared")
            }
            check(subscribe.properties, .subscribe)
        case .unsubscribe(let unsubscribe):
            law(!unsubscribe.filters.isEmpty && unsubscribe.packetID != 0, "an UNSUBSCRIBE of nothing")
            for filter in unsubscribe.filters { law(Naive.isFilter(filter.bytes), "a filter is no filter") }
            check(unsubscribe.properties, .unsubscribe)
        default: law(false, "it became \(read)")
        }
        law(read.encoded(version) == whole, "it changes when written again")
    }

    /// Everything that answers or says goodbye: the first byte says which, and in which version.
    static let acknowledgement = FuzzTarget(name: "acknowledgement") { input in
        var script = Script(input)
        let choice = script.byte()
        let firsts: [UInt8] = [0x20, 0x40, 0x50, 0x62, 0x70, 0x90, 0xB0, 0xC0, 0xD0, 0xE0, 0xF0]
        let version: ProtocolVersion = choice & 0x80 == 0 ? .v5 : .v311
        let whole = framed(firsts[Int(choice & 0x7F) % firsts.count], script.rest())
        guard let read = decoded(whole, version) else { return }
        checkRoundTrip(read, whole, version)
        guard let header = try? FixedHeader.parse(whole.span.bytes),
            let id = Acknowledgement.shortID(whole.span.bytes, header: header)
        else { return }
        switch read {
        case .pubAck(let answer), .pubRec(let answer), .pubRel(let answer), .pubComp(let answer):
            law(answer == Acknowledgement(packetID: id), "the short way reads another packet")
        default: break
        }
    }

    /// Any bytes as a packet of any type.
    static let packet = FuzzTarget(name: "packet") { input in
        var script = Script(input)
        let version: ProtocolVersion = script.flag() ? .v311 : .v5
        let whole = script.rest()
        guard let read = decoded(whole, version) else { return }
        checkRoundTrip(read, whole, version)
        // A packet is refused as soon as one byte is missing or too many.
        law(decoded(Array(whole.dropLast()), version) == nil, "a packet without its last byte is taken")
        law(decoded(whole + [0], version) == nil, "a packet with a byte more is taken")
    }

    /// Read, written and read again, a packet is the same, and never longer than it came.
    private static func checkRoundTrip(_ read: Packet, _ whole: [UInt8], _ version: ProtocolVersion) {
        let version = if case .connect(let connect) = read { connect.version } else { version }
        let written = read.encoded(version)
        law(written.count <= whole.count, "it grows when written again")
        law(written.first == whole.first, "it becomes another type")
        law(decoded(written, version) == read, "it is another packet when read again")
    }

    private static func decoded(_ bytes: [UInt8], _ version: ProtocolVersion) -> Packet? {
        try? Packet.decode(bytes.span.bytes, version: version)
    }

    private static func framed(_ first: UInt8, _ body: [UInt8]) -> [UInt8] {
        [first] + Naive.variableByteInteger(body.count) + body
    }
}
