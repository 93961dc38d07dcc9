import Foundation
import Testing

/// Every threat and fault that the broker claims to stand has a test that names it, or a reason why it has none.
struct ThreatTests {
    /// Parser and pre-authentication (T-01 to T-19), slow and unfair clients (T-20 to T-26), rights (T-30 to T-47),
    /// overload (T-70 to T-78); crashes and faults of broker and store (X-01 to X-09); the traps of strings.
    static let ids =
        (1...19).map { id("T", $0) } + (20...26).map { id("T", $0) } + (30...47).map { id("T", $0) }
        + (70...78).map { id("T", $0) } + (1...9).map { id("X", $0) } + (1...6).map { "SW-\($0)" }

    static let reasons = [
        "T-17": "there is no WebSocket",
        "T-42": "there is no PROXY protocol, and no header that says where somebody is",
        "T-43":
            "there are no passwords to guess: whoever shows no certificate that is in force is closed without a word",
    ]

    private static func id(_ letter: String, _ number: Int) -> String { "\(letter)-\(number < 10 ? "0" : "")\(number)" }

    @Test func eachIsNamedByATestOrHasAReason() throws {
        let named = try Self.named(in: ["Tests", "Sources/signalbox-ledger"])
        for id in Self.ids where Self.reasons[id] == nil {
            #expect(named.contains(id), "no test names \(id)")
        }
        for id in Self.reasons.keys { #expect(Self.ids.contains(id)) }
    }

    /// The ids in comments, other than those of this file.
    private static func named(in folders: [String]) throws -> Set<String> {
        var found: Set<String> = []
        for folder in folders {
            let place = Source.root.appending(path: folder)
            guard let files = FileManager.default.enumerator(at: place, includingPropertiesForKeys: nil) else {
                continue
            }
            for case let file as URL in files where file.pathExtension == "swift" {
                guard file.lastPathComponent != "ThreatTests.swift" else { continue }
                let text = try String(contentsOf: file, encoding: .utf8)
                // A series stands for all of it: SW-1 … SW-6.
                for match in text.matches(of: /(T|X|SW)-([0-9]+)(?: … (?:T|X|SW)-([0-9]+))?/) {
                    let first = Int(match.2) ?? 0
                    let last = match.3.flatMap { Int($0) } ?? first
                    guard first <= last, last < 200 else { continue }
                    for number in first...last {
                        found.insert("\(match.1)-\(number < 10 && match.1 != "SW" ? "0" : "")\(number)")
                    }
                }
            }
        }
        return found
    }
}
