import Testing

@testable import BrokerCore

@Suite struct LoadAveragesTests {
    private func text(_ loads: LoadAverages) -> [String] {
        let first = loads.all[0].averages
        return [first.x, first.y, first.z].map { Statistics.text($0) }
    }

    private func counts(_ first: Int64) -> [Int64] { [first] + Array(repeating: 0, count: 8) }

    /// The same traffic makes the same figures in Mosquitto: two messages in the first eleven seconds were 1.83 there.
    @Test func forgetsExponentially() {
        var loads = LoadAverages()
        loads.advance(counts(100))
        #expect(text(loads) == ["92.11", "19.67", "6.63"])
        loads.advance(counts(100))
        #expect(text(loads) == ["77.97", "19.03", "6.56"])
    }

    @Test func comesToRestAtTheRate() {
        var loads = LoadAverages()
        for step in 1...1_000 { loads.advance(counts(Int64(step) * 50)) }
        #expect(text(loads) == ["300.00", "300.00", "300.00"])
    }

    @Test(arguments: [(0.0, "0.00"), (0.005, "0.01"), (12.3456, "12.35"), (1e18, "0.00"), (-1, "0.00")])
    func writesTwoPlaces(_ value: Double, _ text: String) {
        #expect(Statistics.text(value) == text)
    }
}
