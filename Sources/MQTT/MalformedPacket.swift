/// Why bytes are not a packet, or not one that may stand there, and what MQTT 5 answers to that.
package struct MalformedPacket: Error, Sendable {
    package let reason: ReasonCode
    package let what: StaticString

    package init(_ reason: ReasonCode, _ what: StaticString) {
        self.reason = reason
        self.what = what
    }

    static func malformed(_ what: StaticString) -> MalformedPacket { MalformedPacket(.malformedPacket, what) }
    static func violation(_ what: StaticString) -> MalformedPacket { MalformedPacket(.protocolError, what) }
}

extension MalformedPacket: Equatable {
    package static func == (one: MalformedPacket, other: MalformedPacket) -> Bool {
        one.reason == other.reason && one.what.description == other.what.description
    }
}
