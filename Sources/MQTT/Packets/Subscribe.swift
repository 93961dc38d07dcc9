/// A client asks for the messages of some filters.
package struct Subscribe: Equatable, Sendable {
    package var packetID: UInt16
    package var subscriptions: [Subscription]
    package var properties: Properties

    package init(packetID: UInt16, subscriptions: [Subscription], properties: Properties = []) {
        self.packetID = packetID
        self.subscriptions = subscriptions
        self.properties = properties
    }
}

/// One filter of a SUBSCRIBE, and how its messages shall come.
package struct Subscription: Equatable, Sendable {
    /// When the messages kept for a topic are sent to a new subscriber.
    package enum RetainHandling: UInt8, Sendable {
        case send = 0
        case sendIfNew = 1
        case doNotSend = 2
    }

    package var filter: TopicFilter
    package var maximumQoS: QoS
    package var noLocal: Bool
    package var retainAsPublished: Bool
    package var retainHandling: RetainHandling

    package init(
        filter: TopicFilter, maximumQoS: QoS = .atMostOnce, noLocal: Bool = false, retainAsPublished: Bool = false,
        retainHandling: RetainHandling = .send
    ) {
        self.filter = filter
        self.maximumQoS = maximumQoS
        self.noLocal = noLocal
        self.retainAsPublished = retainAsPublished
        self.retainHandling = retainHandling
    }
}

extension Subscribe {
    static func decode(
        _ bytes: RawSpan, _ reader: inout PacketReader, version: ProtocolVersion
    ) throws(MalformedPacket) -> Subscribe {
        var subscribe = Subscribe(packetID: try reader.packetID(bytes), subscriptions: [])
        if version == .v5 { subscribe.properties = try reader.properties(bytes, for: .subscribe) }
        // [MQTT-3.8.3-2]
        guard !reader.isAtEnd else { throw .violation("SUBSCRIBE names at least one filter") }
        while !reader.isAtEnd {
            let filter = try TopicFilter(validating: try reader.binary(bytes), version: version)
            let options = try reader.byte(bytes)
            subscribe.subscriptions.append(try Subscription(filter: filter, options: options, version: version))
        }
        return subscribe
    }

    func encode(into out: inout [UInt8], version: ProtocolVersion) {
        out.appendPacket(PacketType.subscribe.firstByte) { out in
            out.append(uint16: packetID)
            if version == .v5 { properties.encode(into: &out) }
            for subscription in subscriptions {
                out.append(text: subscription.filter.bytes)
                out.append(subscription.options(version))
            }
        }
    }
}

extension Subscription {
    fileprivate init(filter: TopicFilter, options: UInt8, version: ProtocolVersion) throws(MalformedPacket) {
        // [MQTT-3.8.3-5]
        guard options & (version == .v5 ? 0xC0 : 0xFC) == 0 else { throw .malformed("reserved options are 0") }
        guard let qos = QoS(rawValue: options & 0b11) else {
            // MQTT 5 calls it a protocol error (section 3.8.3.1), 3.1.1 malformed. [MQTT-3-8.3-4] (3.1.1)
            throw version == .v5 ? .violation("there is no QoS 3") : .malformed("there is no QoS 3")
        }
        guard let handling = RetainHandling(rawValue: options >> 4 & 0b11) else {
            throw .violation("Retain Handling is 0, 1 or 2")
        }
        let noLocal = options & 0x04 != 0
        // [MQTT-3.8.3-4]
        guard !noLocal || !filter.isShared else { throw .violation("No Local does not go with a shared subscription") }
        self.init(
            filter: filter, maximumQoS: qos, noLocal: noLocal, retainAsPublished: options & 0x08 != 0,
            retainHandling: handling)
    }

    fileprivate func options(_ version: ProtocolVersion) -> UInt8 {
        switch version {
        case .v311: maximumQoS.rawValue
        case .v5:
            maximumQoS.rawValue | (noLocal ? 0x04 : 0) | (retainAsPublished ? 0x08 : 0) | retainHandling.rawValue << 4
        }
    }
}
