/// A client introduces itself.
package struct Connect: Equatable, Sendable {
    package var version: ProtocolVersion
    package var clientID: ClientID
    /// Clean Start in MQTT 5, Clean Session in 3.1.1.
    package var cleanStart: Bool
    /// Seconds; 0 means none.
    package var keepAlive: UInt16
    package var properties: Properties
    package var will: Will?
    package var userName: [UInt8]?
    package var password: [UInt8]?

    package init(
        version: ProtocolVersion = .v5, clientID: ClientID, cleanStart: Bool = true, keepAlive: UInt16 = 60,
        properties: Properties = [], will: Will? = nil, userName: [UInt8]? = nil, password: [UInt8]? = nil
    ) {
        self.version = version
        self.clientID = clientID
        self.cleanStart = cleanStart
        self.keepAlive = keepAlive
        self.properties = properties
        self.will = will
        self.userName = userName
        self.password = password
    }
}

/// What a client leaves behind, to be published when it is gone without a word.
package struct Will: Equatable, Sendable {
    package var topic: TopicName
    package var payload: [UInt8]
    package var qos: QoS
    package var retain: Bool
    package var properties: Properties

    package init(
        topic: TopicName, payload: [UInt8], qos: QoS = .atMostOnce, retain: Bool = false, properties: Properties = []
    ) {
        self.topic = topic
        self.payload = payload
        self.qos = qos
        self.retain = retain
        self.properties = properties
    }
}

extension Connect {
    private static let name = Array("MQTT".utf8)
    /// What the protocol was called before 3.1.1.
    private static let oldName = Array("MQIsdp".utf8)

    /// Somebody speaks, but not MQTT: a CONNACK would tell him nothing. [MQTT-3.1.2-1] (3.1.1)
    package static let anotherProtocol = MalformedPacket(
        .unsupportedProtocolVersion, "the protocol is called MQTT")

    /// The protocol level a CONNECT names, read before anything else of it: the form of a refusal depends on it.
    /// Nil if the packet does not even name a protocol.
    package static func level(of whole: RawSpan, header: FixedHeader) -> UInt8? {
        var reader = PacketReader(header.headerLength..<whole.byteCount)
        do {
            _ = try reader.binaryRange(whole)
            return try reader.byte(whole)
        } catch {
            return nil
        }
    }

    static func decode(_ bytes: RawSpan, _ reader: inout PacketReader) throws(MalformedPacket) -> Connect {
        // [MQTT-3.1.2-1, MQTT-3.1.2-2]
        let spoken = try reader.text(bytes)
        guard spoken == name || spoken == oldName else { throw Connect.anotherProtocol }
        guard spoken == name else {
            throw MalformedPacket(.unsupportedProtocolVersion, "the protocol's version is 3.1.1 or 5.0")
        }
        guard let version = ProtocolVersion(rawValue: try reader.byte(bytes)) else {
            throw MalformedPacket(.unsupportedProtocolVersion, "the protocol's version is 3.1.1 or 5.0")
        }
        let flags = try reader.byte(bytes)
        try check(flags: flags, version: version)
        let keepAlive = try reader.uint16(bytes)
        let properties = version == .v5 ? try reader.properties(bytes, for: .connect) : Properties()
        let clientID = try ClientID(validating: try reader.text(bytes))
        let will = flags & 0x04 != 0 ? try Will.decode(bytes, &reader, flags: flags, version: version) : nil
        let userName = flags & 0x80 != 0 ? try reader.text(bytes) : nil
        let password = flags & 0x40 != 0 ? try reader.binary(bytes) : nil
        try reader.finish()
        if properties.authenticationMethod == nil {
            for case .authenticationData in properties.list {
                throw .violation("authentication data need a method")
            }
        }
        return Connect(
            version: version, clientID: clientID, cleanStart: flags & 0x02 != 0, keepAlive: keepAlive,
            properties: properties, will: will, userName: userName, password: password)
    }

    private static func check(flags: UInt8, version: ProtocolVersion) throws(MalformedPacket) {
        // [MQTT-3.1.2-3]
        guard flags & 0x01 == 0 else { throw .malformed("the lowest flag of CONNECT is 0") }
        // [MQTT-3.1.2-11 … MQTT-3.1.2-13]
        guard flags & 0x18 != 0x18 else { throw .malformed("there is no QoS 3") }
        guard flags & 0x04 != 0 || flags & 0x38 == 0 else { throw .malformed("without a will there is no QoS of it") }
        // [MQTT-3.1.2-22] (3.1.1)
        guard version == .v5 || flags & 0xC0 != 0x40 else { throw .malformed("a password needs a user name") }
    }

    func encode(into out: inout [UInt8]) {
        var flags: UInt8 = cleanStart ? 0x02 : 0
        if let will { flags |= 0x04 | will.qos.rawValue << 3 | (will.retain ? 0x20 : 0) }
        if userName != nil { flags |= 0x80 }
        if password != nil { flags |= 0x40 }
        out.appendPacket(PacketType.connect.firstByte) { out in
            out.append(text: Connect.name)
            out.append(version.rawValue)
            out.append(flags)
            out.append(uint16: keepAlive)
            if version == .v5 { properties.encode(into: &out) }
            out.append(text: clientID.bytes)
            if let will {
                if version == .v5 { will.properties.encode(into: &out) }
                out.append(text: will.topic.bytes)
                out.append(text: will.payload)
            }
            if let userName { out.append(text: userName) }
            if let password { out.append(text: password) }
        }
    }
}

extension Will {
    fileprivate static func decode(
        _ bytes: RawSpan, _ reader: inout PacketReader, flags: UInt8, version: ProtocolVersion
    ) throws(MalformedPacket) -> Will {
        let properties = version == .v5 ? try reader.properties(bytes, for: .will) : Properties()
        let topic = try TopicName(validating: try reader.text(bytes))
        let payload = try reader.binary(bytes)
        if properties.payloadFormatIndicator == 1, !UTF8Payload.isValid(payload) {
            throw MalformedPacket(.payloadFormatInvalid, "the will says it is text and is not")
        }
        return Will(
            topic: topic, payload: payload, qos: QoS(rawValue: flags >> 3 & 0b11) ?? .atMostOnce,
            retain: flags & 0x20 != 0, properties: properties)
    }
}

/// A payload that claims to be text: well-formed, but U+0000 is allowed in it.
enum UTF8Payload {
    static func isValid(_ payload: [UInt8]) -> Bool {
        payload.split(separator: 0).allSatisfy { UTF8Text.isValid(Array($0)) }
    }
}
