/// The topic of a message: bytes, compared as bytes, never normalised. [MQTT-4.7.3-4, SW-1]
package struct TopicName: Hashable, Sendable {
    package let bytes: [UInt8]

    package init(validating bytes: [UInt8]) throws(MalformedPacket) {
        try TopicName.validate(bytes.span.bytes)
        self.bytes = bytes
    }

    package init?(_ text: String) {
        do { try self.init(validating: Array(text.utf8)) } catch { return nil }
    }

    /// Looks at a name without copying it.
    package static func validate(_ bytes: RawSpan) throws(MalformedPacket) {
        guard bytes.byteCount > 0 else { throw .violation("a topic has at least one character") }
        guard bytes.byteCount <= 65_535 else { throw .malformed("a topic has at most 65,535 bytes") }
        guard UTF8Text.isValid(bytes) else { throw .malformed("a topic is UTF-8 without U+0000") }
        for place in 0..<bytes.byteCount {
            let byte = bytes.byte(at: place)
            // [MQTT-3.3.2-2]
            if byte == .plus || byte == .hash { throw .malformed("a topic has no wildcards") }
        }
    }

    /// The parts between the slashes; there is always at least one.
    package var levels: [ArraySlice<UInt8>] { bytes.levels }
}

extension UInt8 {
    package static let slash = UInt8(ascii: "/")
    package static let plus = UInt8(ascii: "+")
    package static let hash = UInt8(ascii: "#")
    package static let dollar = UInt8(ascii: "$")
}

extension Collection where Element == UInt8 {
    /// Split on the byte `/` only, empty parts kept. [SW-2]
    package var levels: [SubSequence] {
        split(separator: .slash, maxSplits: .max, omittingEmptySubsequences: false)
    }
}
