import AdminProtocol
import BrokerCore
@testable import MessageQueue

extension FuzzTarget {
    /// What a worker sent, made into the body of a queue message.
    static let messageBody = FuzzTarget(name: "message-body") { payload in
        let body = MessageBody(payload, timestamp: 1, pool: ULID(high: 1, low: 2), worker: ULID(high: 3, low: 4))
        var scanner = JSONScanner(body.json)
        guard let members = scanner.object() else { return law(false, "the body is no JSON object") }
        // Who sent it stands in it once, whatever the worker wrote.
        for field in ["timestamp", "worker_pool_ulid", "worker_ulid"] {
            law(members.filter { $0.name == Array(field.utf8) }.count == 1, "\(field) does not stand in it once")
        }
        law(Set(members.suffix(3).map(\.name)).count == 3, "our fields are not the last")
        checkVerdict(payload, isObject: !body.wrapped)
        let again = MessageBody(body.json, timestamp: 1, pool: ULID(high: 1, low: 2), worker: ULID(high: 3, low: 4))
        law(!again.wrapped && again.json == body.json, "a body made again is another")
        law(body.wrapped == (members.first?.name == Array("payload_base64".utf8)) || !body.wrapped, "it is not wrapped")
    }

    /// The scanner and the admin topic's parser were written apart: where they differ, it is by what they are told.
    private static func checkVerdict(_ payload: [UInt8], isObject: Bool) {
        let bounds = JSON.Bounds(bytes: .max, depth: 512)
        do throws(JSON.SyntaxError) {
            let json = try JSON(parsing: payload, within: bounds)
            law((json.members != nil) == isObject, "the parser and the scanner disagree: \(isObject)")
        } catch {
            let stricter = ["stands twice", "too large", "surrogate", "nested"]
            law(
                !isObject || stricter.contains { error.what.contains($0) },
                "the parser says \(error.what) at \(error.offset), the scanner takes it")
        }
    }
}
