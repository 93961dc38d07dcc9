import Foundation
import TestSupport
import Testing

/// Nothing acknowledged is missing, whatever is killed, filled, frozen or held back. [C0]
///
/// The program that proves it is `signalbox-ledger`; here it runs short, `.ci/ledger` runs it as long as you like.
@Suite(.serialized)
struct LedgerTests {
    @Test(.timeLimit(.minutes(6)))
    func keepsWhatItAcknowledgedThroughTwentyKills() async throws {
        let runs = try await ledger("kills", "--kills", "20")
        try catchesTheLiar(runs)
        try #require(runs.count == 2)
        try holds(runs[1], faults: 20)
    }

    @Test(.timeLimit(.minutes(6)))
    func keepsWhatItAcknowledgedThroughFiveKillsOfPostgreSQL() async throws {
        let runs = try await ledger("kills", "--store", "postgres", "--kill", "postgres", "--kills", "5")
        try catchesTheLiar(runs)
        try #require(runs.count == 2)
        try holds(runs[1], faults: 5)
    }

    /// Also a failing sync, after which nothing may be believed, and a commit whose answer is held back.
    @Test(.timeLimit(.minutes(6)), arguments: ["full-disk", "failing-fsync", "held-commit", "lost-answer"])
    func keepsWhatItAcknowledgedThrough(_ fault: String) async throws {
        let runs = try await ledger("faults", "--only", fault)
        let run = try #require(runs.first)
        if let why = run.fields["skipped"] as? String {
            Issue.record("SKIPPED: \(fault): \(why)", severity: .warning)
        } else {
            try holds(run, faults: 1)
        }
    }

    private struct Run {
        let line: String
        let fields: [String: Any]

        func number(_ name: String) throws -> Int { try #require(fields[name] as? Int, "\(name) in \(line)") }
    }

    private func ledger(_ arguments: String...) async throws -> [Run] {
        let ended = try await ChildProcess.run(
            Programs.ledger(),
            arguments + ["--json", "--workers", "12", "--tls-workers", "3", "--rate", "600", "--within", "20"],
            within: .seconds(330))
        return try ended.output.split(separator: "\n").map { line in
            let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            return Run(line: String(line), fields: try #require(object, "\(line)\n\(ended.errors)"))
        }
    }

    private func catchesTheLiar(_ runs: [Run]) throws {
        let control = try #require(runs.first)
        #expect(control.fields["run"] as? String == "control, a broker that lies", "\(control.line)")
        #expect(try control.number("lost") > 0, "a broker that acknowledges first was not caught: \(control.line)")
    }

    private func holds(_ run: Run, faults: Int) throws {
        #expect(run.fields["holds"] as? Bool == true, "\(run.line)")
        #expect(try run.number("faults") == faults, "\(run.line)")
        #expect(try run.number("lost") == 0, "\(run.line)")
        #expect(try run.number("unexplained_duplicates") == 0, "\(run.line)")
        #expect(try run.number("acknowledged") == run.number("sent"), "\(run.line)")
        #expect(try run.number("acknowledged") > 100, "it was under load: \(run.line)")
    }
}
