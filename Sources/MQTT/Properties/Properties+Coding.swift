extension Properties {
    /// Reads the properties that stand in `range`, without their length, as strictly as the standard allows: listed for
    /// this place, each once, values in range. [MQTT-2.2.2-1]
    package static func decode(
        _ bytes: RawSpan, in range: Range<Int>, for place: PropertyPlace,
        mostUserProperties: Int = Properties.mostUserProperties
    ) throws(MalformedPacket) -> Properties {
        var properties = Properties()
        try walk(bytes, in: range, for: place, mostUserProperties: mostUserProperties) { property, _ in
            properties.append(property)
        }
        return properties
    }

    /// Calls `use` with each property and where its bytes stand, its number included.
    package static func walk(
        _ bytes: RawSpan, in range: Range<Int>, for place: PropertyPlace,
        mostUserProperties: Int = Properties.mostUserProperties, _ use: (Property, Range<Int>) -> Void
    ) throws(MalformedPacket) {
        guard range.upperBound <= bytes.byteCount else { throw .malformed("a part is longer than its packet") }
        var reader = PacketReader(range)
        var seen: UInt64 = 0
        var userProperties = 0
        while !reader.isAtEnd {
            let start = reader.position
            let property = try reader.property(bytes, for: place)
            if case .userProperty = property {
                userProperties += 1
                guard userProperties <= mostUserProperties else {
                    throw MalformedPacket(.quotaExceeded, "a packet has at most 64 user properties")
                }
            } else if property.id != .subscriptionIdentifier || place != .publish {
                let bit: UInt64 = 1 << UInt64(property.id.rawValue)
                guard seen & bit == 0 else { throw .violation("a property stands in a packet once") }
                seen |= bit
            }
            use(property, start..<reader.position)
        }
    }

    /// Appends the length and the properties.
    package func encode(into out: inout [UInt8]) {
        guard !list.isEmpty else {
            out.append(0)
            return
        }
        var body: [UInt8] = []
        for property in list { property.encode(into: &body) }
        out.append(variableInteger: body.count)
        out.append(contentsOf: body)
    }
}

extension PacketReader {
    /// A length, then that many bytes of properties.
    mutating func properties(
        _ bytes: RawSpan, for place: PropertyPlace
    ) throws(MalformedPacket) -> Properties {
        let range = try propertyRange(bytes)
        return range.isEmpty
            ? Properties() : try Properties.decode(bytes, in: range, for: place, mostUserProperties: mostUserProperties)
    }

    mutating func propertyRange(_ bytes: RawSpan) throws(MalformedPacket) -> Range<Int> {
        let length = try variableInteger(bytes)
        return try take(length)
    }

    fileprivate mutating func property(
        _ bytes: RawSpan, for place: PropertyPlace
    ) throws(MalformedPacket) -> Property {
        guard let id = PropertyID(rawValue: try byte(bytes)) else { throw .malformed("there is no such property") }
        guard id.isAllowed(in: place) else { throw .malformed("the property is not one of this packet") }
        switch id {
        case .payloadFormatIndicator: return .payloadFormatIndicator(try flag(bytes) ? 1 : 0)
        case .messageExpiryInterval: return .messageExpiryInterval(try uint32(bytes))
        case .contentType: return .contentType(try text(bytes))
        case .responseTopic:
            let topic = try text(bytes)
            // [MQTT-3.3.2-14]
            guard !topic.isEmpty, !topic.contains(where: { $0 == .plus || $0 == .hash }) else {
                throw .violation("a response topic is a topic")
            }
            return .responseTopic(topic)
        case .correlationData: return .correlationData(try binary(bytes))
        case .subscriptionIdentifier:
            let value = try variableInteger(bytes)
            guard value > 0 else { throw .violation("a subscription identifier is never 0") }
            return .subscriptionIdentifier(value)
        case .sessionExpiryInterval: return .sessionExpiryInterval(try uint32(bytes))
        case .assignedClientIdentifier: return .assignedClientIdentifier(try text(bytes))
        case .serverKeepAlive: return .serverKeepAlive(try uint16(bytes))
        case .authenticationMethod: return .authenticationMethod(try text(bytes))
        case .authenticationData: return .authenticationData(try binary(bytes))
        case .requestProblemInformation: return .requestProblemInformation(try flag(bytes))
        case .willDelayInterval: return .willDelayInterval(try uint32(bytes))
        case .requestResponseInformation: return .requestResponseInformation(try flag(bytes))
        case .responseInformation: return .responseInformation(try text(bytes))
        case .serverReference: return .serverReference(try text(bytes))
        case .reasonString: return .reasonString(try text(bytes))
        case .receiveMaximum:
            let value = try uint16(bytes)
            guard value > 0 else { throw .violation("a Receive Maximum is never 0") }
            return .receiveMaximum(value)
        case .topicAliasMaximum: return .topicAliasMaximum(try uint16(bytes))
        case .topicAlias:
            let value = try uint16(bytes)
            // [MQTT-3.3.2-8]
            guard value > 0 else { throw MalformedPacket(.topicAliasInvalid, "a topic alias is never 0") }
            return .topicAlias(value)
        case .maximumQoS: return .maximumQoS(try flag(bytes) ? 1 : 0)
        case .retainAvailable: return .retainAvailable(try flag(bytes))
        case .userProperty:
            let name = try text(bytes)
            return .userProperty(name: name, value: try text(bytes))
        case .maximumPacketSize:
            let value = try uint32(bytes)
            guard value > 0 else { throw .violation("a Maximum Packet Size is never 0") }
            return .maximumPacketSize(value)
        case .wildcardSubscriptionAvailable: return .wildcardSubscriptionAvailable(try flag(bytes))
        case .subscriptionIdentifiersAvailable: return .subscriptionIdentifiersAvailable(try flag(bytes))
        case .sharedSubscriptionAvailable: return .sharedSubscriptionAvailable(try flag(bytes))
        }
    }

    private mutating func flag(_ bytes: RawSpan) throws(MalformedPacket) -> Bool {
        let value = try byte(bytes)
        guard value <= 1 else { throw .violation("the property is 0 or 1") }
        return value == 1
    }
}

extension Property {
    package func encode(into out: inout [UInt8]) {
        out.append(id.rawValue)
        switch self {
        case .payloadFormatIndicator(let value), .maximumQoS(let value): out.append(value)
        case .messageExpiryInterval(let value), .sessionExpiryInterval(let value), .willDelayInterval(let value),
            .maximumPacketSize(let value):
            out.append(uint32: value)
        case .contentType(let value), .responseTopic(let value), .correlationData(let value),
            .assignedClientIdentifier(let value), .authenticationMethod(let value), .authenticationData(let value),
            .responseInformation(let value), .serverReference(let value), .reasonString(let value):
            out.append(text: value)
        case .subscriptionIdentifier(let value): out.append(variableInteger: value)
        case .serverKeepAlive(let value), .receiveMaximum(let value), .topicAliasMaximum(let value),
            .topicAlias(let value):
            out.append(uint16: value)
        case .requestProblemInformation(let value), .requestResponseInformation(let value),
            .retainAvailable(let value), .wildcardSubscriptionAvailable(let value),
            .subscriptionIdentifiersAvailable(let value), .sharedSubscriptionAvailable(let value):
            out.append(value ? 1 : 0)
        case .userProperty(let name, let value):
            out.append(text: name)
            out.append(text: value)
        }
    }
}
