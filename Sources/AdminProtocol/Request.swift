/// What a console, a script or any MQTT client sends to `$CONTROL/broker/v1`.
///
/// At most 64 KiB of JSON, nested at most 8 deep, without duplicate or unknown keys.
package struct Request: Codable, Equatable, Sendable {
    /// The version of the protocol: 1.
    package var v: Int
    /// Unique per principal for 24 hours: the same id and body return the same answer, and act once. 1 to 64 bytes.
    package var id: String
    package var cmd: String
    package var args: JSON?
    package var issuedAt: Timestamp?
    /// Why, in the operator's words; at most 256 bytes.
    package var reason: String?
    package var dryRun: Bool?

    package init(
        v: Int = 1, id: String, cmd: String, args: JSON? = nil, issuedAt: Timestamp? = nil, reason: String? = nil,
        dryRun: Bool? = nil
    ) {
        self.v = v
        self.id = id
        self.cmd = cmd
        self.args = args
        self.issuedAt = issuedAt
        self.reason = reason
        self.dryRun = dryRun
    }
}
