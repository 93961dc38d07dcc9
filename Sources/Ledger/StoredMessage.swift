/// A message as it was found in the store.
package struct StoredMessage: Equatable, Sendable {
    package var pool: String
    package var worker: String
    package var id: String
    /// Of the payload that the worker must have sent, by whoever can compute it.
    package var digest: String
    /// The broker's key: which start of it, and which message there.
    package var key: String

    package init(pool: String, worker: String, id: String, digest: String, key: String) {
        self.pool = pool
        self.worker = worker
        self.id = id
        self.digest = digest
        self.key = key
    }

    /// Which start of the broker stored it.
    package var epoch: Substring { key.prefix { $0 != "/" } }
}

/// A stored body taken apart, by what is documented of it alone: the worker's object, then the three fields of the broker.
package struct StoredBody: Equatable, Sendable {
    package var pool: String
    package var worker: String
    /// What the worker sent; still base64 if it was no JSON object.
    package var payload: Payload

    package enum Payload: Equatable, Sendable {
        case object([UInt8])
        case base64([UInt8])
    }

    /// `json` is the body without its base64; nil if it does not end as it must.
    package init?(json: [UInt8]) {
        var rest = json[...]
        guard StoredBody.drop("\"}", from: &rest), let worker = StoredBody.ulid(&rest),
            StoredBody.drop(",\"worker_ulid\":\"", from: &rest), StoredBody.drop("\"", from: &rest),
            let pool = StoredBody.ulid(&rest), StoredBody.drop(",\"worker_pool_ulid\":\"", from: &rest)
        else { return nil }
        let digits = rest.reversed().prefix { (48...57).contains($0) }.count
        rest = rest.dropLast(digits)
        guard digits > 0, StoredBody.drop("\"timestamp\":", from: &rest) else { return nil }
        self.pool = pool
        self.worker = worker
        let head = Array("{\"payload_base64\":\"".utf8)
        if rest.starts(with: head) {
            guard StoredBody.drop("\",", from: &rest) else { return nil }
            payload = .base64(Array(rest.dropFirst(head.count)))
        } else if StoredBody.drop(",", from: &rest) {
            payload = .object(Array(rest) + [UInt8(ascii: "}")])
        } else {
            guard rest.elementsEqual([UInt8(ascii: "{")]) else { return nil }
            payload = .object(Array("{}".utf8))
        }
    }

    private static func ulid(_ bytes: inout ArraySlice<UInt8>) -> String? {
        guard bytes.count >= 26 else { return nil }
        defer { bytes = bytes.dropLast(26) }
        return String(validating: bytes.suffix(26), as: UTF8.self)
    }

    private static func drop(_ text: StaticString, from bytes: inout ArraySlice<UInt8>) -> Bool {
        let end = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        guard bytes.count >= end.count, bytes.suffix(end.count).elementsEqual(end) else { return false }
        bytes = bytes.dropLast(end.count)
        return true
    }
}

extension StoredBody.Payload {
    /// The id in a payload of the ledger's, whose shape `Letter` knows; nil if it is not one.
    package static func id(in payload: [UInt8]) -> String? {
        let head = Array("{\"id\":\"".utf8)
        let bytes = payload.starts(with: head) ? payload.dropFirst(head.count) : payload[...]
        guard bytes.count >= 26 else { return nil }
        return String(validating: bytes.prefix(26), as: UTF8.self)
    }
}
