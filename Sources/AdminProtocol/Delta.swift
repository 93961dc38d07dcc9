/// What turns one JSON value into another: `a.applying(a.delta(to: b)) == b`.
package indirect enum Delta: Equatable, Sendable {
    case unchanged
    case replaced(JSON)
}

// STUB
extension Delta: Codable {
    package init(from decoder: any Decoder) throws { self = .unchanged }
    package func encode(to encoder: any Encoder) throws {}
}
