import MQTT
import TestSupport
import Testing

@testable import BrokerCore

/// A client may be silent for one and a half times its keep alive, and hardly longer. [MQTT-3.1.2-22]
@Suite struct KeepAliveTests {
    private struct Sample {
        let id: ConnectionID
        let keepAlive: Int64
        /// When it said its last word.
        var heardAt: Moment
    }

    /// [G-10] Each is closed within a second of its time: ten thousand of them, of both versions, that begin at any
    /// moment and say their last word at any moment, on a clock that ticks as unevenly as a busy machine's.
    @Test func tenThousandAreClosedWithinASecondOfTheirTime() {
        var random = SeededRandom(seed: 10)
        let stage = Stage()
        var samples: [Sample] = []
        for _ in 0..<100 {
            for _ in 0..<100 {
                let keepAlive = UInt16.random(in: 1...20, using: &random)
                let id = stage.client(
                    "c\(samples.count)", version: samples.count % 2 == 0 ? .v5 : .v311, keepAlive: keepAlive)
                samples.append(Sample(id: id, keepAlive: Int64(keepAlive), heardAt: stage.now))
            }
            tick(stage, &random)
            for _ in 0..<30 {
                let place = Int.random(in: samples.indices, using: &random)
                guard stage.closings[samples[place].id] == nil else { continue }
                stage.send(.pingRequest, from: samples[place].id)
                samples[place].heardAt = stage.now
            }
        }
        for _ in 0..<750 { tick(stage, &random) }
        var (early, late, latest) = (0, 0, 0 as Int64)
        for sample in samples {
            guard let closedAt = stage.closings[sample.id] else {
                Issue.record("one with a keep alive of \(sample.keepAlive) s is never closed")
                continue
            }
            let over = (closedAt.nanoseconds - sample.heardAt.nanoseconds) / 1_000_000 - sample.keepAlive * 1_500
            if over < 0 { early += 1 }
            if over > 1_000 { late += 1 }
            latest = max(latest, over)
        }
        #expect(
            samples.count == 10_000 && early == 0 && late == 0, "\(early) early, \(late) late, at most \(latest) ms")
    }

    private func tick(_ stage: Stage, _ random: inout SeededRandom) {
        stage.pass(Double(Int.random(in: 20...100, using: &random)) / 1_000)
    }
}
