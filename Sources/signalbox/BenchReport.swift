import AdminProtocol

/// Figures with their names: as lines for people, as JSON for scripts.
struct BenchReport {
    private let figures: [(name: String, value: JSON)]

    init(_ figures: [(name: String, value: JSON)]) {
        self.figures = figures
    }

    func print(json: Bool) {
        guard !json else { return Swift.print(JSON.object(figures.map { JSON.Member($0.name, $0.value) }).text) }
        for figure in figures {
            let name = figure.name.replacing("_", with: " ")
            let value =
                if case .double(let number) = figure.value {
                    Columns.number(number, places: abs(number) < 100 ? 3 : 0)
                } else {
                    figure.value.text
                }
            Swift.print(name + String(repeating: " ", count: max(1, 28 - name.count)) + Columns.right(value, 12))
        }
    }

    static func rate(_ count: Int, _ nanoseconds: Int64) -> Double {
        Double(count) * 1e9 / Double(max(1, nanoseconds))
    }
}
