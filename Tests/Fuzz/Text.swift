@testable import BrokerCore

extension FuzzTarget {
    /// Bytes of others on their way to a screen, and a worker's words on their way to a list. [T-60]
    static let text = FuzzTarget(name: "text") { input in
        var script = Script(input)
        let bound = Int(script.byte())
        let bytes = script.rest()
        let shown = DisplayText.of(bytes, bound: bound)
        law(shown.utf8.count <= bound + 3, "\(shown.utf8.count) bytes for a bound of \(bound)")
        for scalar in shown.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator:
                law(false, "U+\(String(scalar.value, radix: 16)) is shown")
            default: break
            }
        }
        law(DisplayText.of(shown, bound: bound + 3) == shown, "what is fit to be shown is changed again")

        let now = Moment(nanoseconds: 1_000_000_000, wall: 1)
        let observatory = Observatory(configuration: BrokerConfiguration(), at: now)
        let pool = ULID(high: 1, low: 2)
        let worker = ULID(high: 3, low: 4)
        let record = observatory.client(of: .worker(pool: pool), clientID: worker.bytes)
        observatory.inspect(payload: bytes.span.bytes, of: record, at: now)
    }
}
