import TestSupport
import Testing

/// Nothing acknowledged is missing, whatever happens to the broker. [X-01, C0]
@Suite(.serialized)
struct LedgerTests {
    @Test(.timeLimit(.minutes(3)))
    func keepsWhatItAcknowledgedThroughFiveKills() async throws {
        let broker = try await RunningBroker(openQueue: true, logLevel: "error")
        let writers = (0..<8).map { number in
            LedgerWriter(
                pool: workerID(number % 2), worker: workerID(10 + number), port: broker.open,
                qos: number % 2 == 0 ? 1 : 2)
        }
        var random = SeededRandom(seed: 1)
        try await withThrowingTaskGroup { group in
            for writer in writers { group.addTask { try await writer.run() } }
            for kill in 1...5 {
                let before = await total(writers)
                let more = Int.random(in: 50...400, using: &random)
                try await becomesTrue(within: .seconds(20), "work goes on before kill \(kill)") {
                    await total(writers) >= before + more
                }
                try await broker.killAndRestart()
            }
            for writer in writers { await writer.stop() }
            try await group.waitForAll()
        }
        _ = try await broker.stop()
        try await judge(writers, StoredQueue.messages(in: broker.data))
    }

    private func total(_ writers: [LedgerWriter]) async -> Int {
        var total = 0
        for writer in writers { total += await writer.acknowledged.count }
        return total
    }

    /// The invariants of the ledger, from the writers' books and the store alone.
    private func judge(_ writers: [LedgerWriter], _ stored: [StoredQueue.Message]) async throws {
        var sequences: [String: [Int]] = [:]
        for message in stored {
            let sequence = try #require(message.fields["sequence"] as? Int)
            sequences["\(message.pool)/\(message.worker)", default: []].append(sequence)
        }
        #expect(sequences.count == writers.count)
        for writer in writers {
            let found = sequences["\(writer.pool)/\(writer.worker)"] ?? []
            let (acknowledged, sent, repeated) = await (writer.acknowledged, writer.sent, writer.repeated)
            #expect(await writer.connections > 5, "every kill was felt")
            // I1: no loss.
            #expect(acknowledged.subtracting(found).isEmpty, "lost though acknowledged")
            // I2: no invention.
            #expect(found.allSatisfy { (0..<sent).contains($0) }, "stored and never sent")
            // I3: what is there twice was sent twice.
            let counts = Dictionary(grouping: found) { $0 }.mapValues(\.count)
            #expect(counts.filter { $0.value > 1 && !repeated.contains($0.key) }.isEmpty, "doubled without a reason")
            // I5: first occurrences are in order.
            var seen: Set<Int> = []
            let firsts = found.filter { seen.insert($0).inserted }
            #expect(firsts == firsts.sorted(), "out of order")
        }
    }
}
