package import BrokerCore

/// The text a queue message carries, as the IoT Core rule would have written it.
///
/// The worker's own object with three fields that the broker adds: these win over fields of the same name, because
/// who sent a message follows from its topic and never from its payload. Everything else is the worker's bytes,
/// untouched: no number is read and written again.
package struct MessageBody: Equatable, Sendable {
    /// The JSON object, before base64.
    package let json: [UInt8]
    /// The payload was no JSON object, and is carried as `payload_base64`.
    package let wrapped: Bool

    package init(_ payload: [UInt8], timestamp: Int64, pool: ULID, worker: ULID, will: WillMark? = nil) {
        let mark = MessageBody.fields(of: will)
        var json: [UInt8] = [UInt8(ascii: "{")]
        var scanner = JSONScanner(payload)
        if let members = scanner.object() {
            let ours = mark.isEmpty ? MessageBody.ours : MessageBody.ours + MessageBody.marks
            json.reserveCapacity(payload.count + MessageBody.addition)
            for member in members where !ours.contains(member.name) {
                json += payload[member.place]
                json.append(UInt8(ascii: ","))
            }
            wrapped = false
        } else {
            json.reserveCapacity(payload.count * 4 / 3 + MessageBody.addition)
            json.append("\"payload_base64\":\"")
            Base64.append(payload, to: &json)
            json.append("\",")
            wrapped = true
        }
        json.append(mark)
        json.append("\"timestamp\":")
        json.append(timestamp)
        json.append(",\"worker_pool_ulid\":\"")
        json += pool.bytes
        json.append("\",\"worker_ulid\":\"")
        json += worker.bytes
        json.append("\"}")
        self.json = json
    }

    /// As it is stored.
    package var base64: [UInt8] { Base64.encode(json) }

    /// Room for what the broker adds, but for a mark.
    private static let addition = 160

    private static let ours = ["timestamp", "worker_pool_ulid", "worker_ulid"].map { Array($0.utf8) }
    private static let marks = ["cause", "superseded_by"].map { Array($0.utf8) }

    /// What tells a will that the broker's own end caused from one that a crash caused, and one whose client is back from
    /// one whose client is not; empty for all others. [T-62, T-63]
    private static func fields(of will: WillMark?) -> String {
        let cause = will?.cause.map { "\"cause\":\"\($0.rawValue)\"," } ?? ""
        let epoch = will?.supersededBy.map { "\"superseded_by\":\($0)," } ?? ""
        return cause + epoch
    }
}
