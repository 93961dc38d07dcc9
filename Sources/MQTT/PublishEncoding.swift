/// What a PUBLISH takes, before it is written.
package struct PublishSize: Equatable, Sendable {
    /// Bytes of the properties, without their length.
    package let properties: Int
    /// Bytes after the fixed header.
    package let remaining: Int

    /// `properties` are bytes to pass on as they are; the expiry and the identifiers stand after them.
    @inline(__always)
    package init(
        topic: Int, hasID: Bool, version: ProtocolVersion, properties: Int, hasExpiry: Bool, identifiers: [Int],
        payload: Int
    ) {
        var own = 0
        var remaining = 2 &+ topic &+ (hasID ? 2 : 0) &+ payload
        if version == .v5 {
            own = properties &+ (hasExpiry ? 5 : 0)
            if !identifiers.isEmpty { own &+= identifiers.reduce(0) { $0 &+ 1 &+ variableIntegerLength($1) } }
            remaining &+= variableIntegerLength(own) &+ own
        }
        self.properties = own
        self.remaining = remaining
    }

    package var whole: Int { 1 &+ variableIntegerLength(remaining) &+ remaining }

    /// Where the packet identifier stands, counted from the first byte.
    package func idPlace(topic: Int) -> Int { 1 &+ variableIntegerLength(remaining) &+ 2 &+ topic }
}

extension [UInt8] {
    /// Appends a PUBLISH from its parts. `id` is 0 for QoS 0; what is for MQTT 5 only is left out for 3.1.1.
    @inline(__always)
    package mutating func appendPublish(
        _ firstByte: UInt8, size: PublishSize, topic: [UInt8], id: UInt16, version: ProtocolVersion,
        properties: RawSpan, expiry: UInt32?, identifiers: [Int], payload: RawSpan
    ) {
        let hasProperties = version == .v5 && size.properties > 0
        // Room is made once for the whole packet, and nothing is asked between its parts.
        append(addingCapacity: size.whole) { out in
            out.append(firstByte)
            out.append(variableInteger: size.remaining)
            out.append(uint16: UInt16(truncatingIfNeeded: topic.count))
            out.append(span: topic.span.bytes)
            if id != 0 { out.append(uint16: id) }
            guard !hasProperties else { return }
            if version == .v5 { out.append(0) }
            out.append(span: payload)
        }
        guard hasProperties else { return }
        append(variableInteger: size.properties)
        if properties.byteCount > 0 { append(span: properties) }
        if let expiry { Property.messageExpiryInterval(expiry).encode(into: &self) }
        for identifier in identifiers { Property.subscriptionIdentifier(identifier).encode(into: &self) }
        append(span: payload)
    }

    @inline(__always)
    package mutating func append(span: RawSpan) {
        span.withUnsafeBytes { append(contentsOf: $0) }
    }
}
