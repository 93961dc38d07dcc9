import Testing

@testable import Fleet

struct CoreBenchTests {
    @Test(arguments: CoreBench.Shape.allCases, [0, 1] as [UInt8])
    func deliversAndAcknowledgesAllItPublishes(_ shape: CoreBench.Shape, _ qos: UInt8) {
        var bench = CoreBench(shape, qos: qos, clients: 5, size: 64)
        let outcome = bench.run(messages: 1_000)
        #expect(outcome.delivered >= 1_000)
        #expect(outcome.delivered == outcome.published * (shape == .fanOut ? 5 : 1))
        #expect(outcome.acknowledged == (qos == 0 ? 0 : outcome.published))
        #expect(outcome.nanoseconds > 0)
    }
}
