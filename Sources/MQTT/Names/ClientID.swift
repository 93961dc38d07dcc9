/// The name under which a session is kept: bytes, compared as bytes. [MQTT-3.1.3-2, MQTT-3.1.3-4]
package struct ClientID: Hashable, Sendable {
    package let bytes: [UInt8]

    package init(validating bytes: [UInt8]) throws(MalformedPacket) {
        guard bytes.count <= 65_535 else { throw .malformed("a client id has at most 65,535 bytes") }
        guard UTF8Text.isValid(bytes) else { throw .malformed("a client id is UTF-8 without U+0000") }
        self.bytes = bytes
    }

    package init?(_ text: String) {
        do { try self.init(validating: Array(text.utf8)) } catch { return nil }
    }

    package var isEmpty: Bool { bytes.isEmpty }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(name: bytes)
    }
}
