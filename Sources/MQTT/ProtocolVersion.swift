/// The two versions of MQTT that are spoken here.
package enum ProtocolVersion: UInt8, Sendable {
    case v311 = 4
    case v5 = 5
}
