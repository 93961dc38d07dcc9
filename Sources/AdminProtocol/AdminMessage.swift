/// What travels on the admin topic as one JSON document.
package protocol AdminMessage: Codable {
    static var bounds: JSON.Bounds { get }
    static var unknownKeys: JSON.UnknownKeys { get }
}

extension AdminMessage {
    /// The message as it travels. Our own types always encode: a test writes every one of them.
    package var bytes: [UInt8] { (try? JSON.encoding(self).bytes) ?? [] }

    package init(bytes: [UInt8]) throws(AdminError) {
        let json: JSON
        do {
            json = try JSON(parsing: bytes, within: Self.bounds)
        } catch {
            throw AdminError(.malformed, "not acceptable JSON at byte \(error.offset): \(error.what)")
        }
        self = try json.decoded(as: Self.self, unknownKeys: Self.unknownKeys)
    }
}

extension Request: AdminMessage {
    package static var bounds: JSON.Bounds { .request }
    package static var unknownKeys: JSON.UnknownKeys { .refused }
}

extension Answer: AdminMessage {
    package static var bounds: JSON.Bounds { .answer }
    package static var unknownKeys: JSON.UnknownKeys { .ignored }
}

extension StreamMessage: AdminMessage {
    package static var bounds: JSON.Bounds { .answer }
    package static var unknownKeys: JSON.UnknownKeys { .ignored }
}
