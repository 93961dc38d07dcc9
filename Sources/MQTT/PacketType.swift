/// The fifteen packets; the number is the upper half of a packet's first byte.
package enum PacketType: UInt8, Sendable, CaseIterable {
    case connect = 1
    case connAck
    case publish
    case pubAck
    case pubRec
    case pubRel
    case pubComp
    case subscribe
    case subAck
    case unsubscribe
    case unsubAck
    case pingRequest
    case pingResponse
    case disconnect
    case auth

    /// The lower half of the first byte, which only PUBLISH may choose. [MQTT-2.1.3-1]
    var flags: UInt8 {
        switch self {
        case .pubRel, .subscribe, .unsubscribe: 0b0010
        case .connect, .connAck, .publish, .pubAck, .pubRec, .pubComp, .subAck, .unsubAck, .pingRequest,
            .pingResponse, .disconnect, .auth:
            0
        }
    }

    /// The first byte of a packet that has no choice in it.
    var firstByte: UInt8 { rawValue << 4 | flags }
}
