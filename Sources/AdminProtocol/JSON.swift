/// A JSON value; the members of an object keep their order.
package indirect enum JSON: Equatable, Sendable {
    case null
    case bool(Bool)
    case int(Int64)
    case double(Double)
    case string(String)
    case array([JSON])
    case object([Member])

    package struct Member: Equatable, Sendable {
        package var key: String
        package var value: JSON

        package init(_ key: String, _ value: JSON) {
            self.key = key
            self.value = value
        }
    }
}

// STUB: the strict parser, the writer and the bridge to Codable follow.
extension JSON: Codable {
    package init(from decoder: any Decoder) throws { self = .null }
    package func encode(to encoder: any Encoder) throws {}
}
