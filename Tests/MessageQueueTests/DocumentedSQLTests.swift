import Foundation
import TestSupport
import Testing

@testable import MessageQueue

/// The statements of the documentation, taken from its text and run as a consumer would run them.
@Suite(.timeLimit(.minutes(3))) struct DocumentedSQLTests {
    /// What stands under a heading for a store: PostgreSQL's statement first, then SQLite's.
    private static func statement(_ heading: String, for kind: QueuePlace.Kind) throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let page = try String(
            contentsOf: root.appending(path: "Sources/MessageQueue/MessageQueue.docc/ReadingTheQueue.md"),
            encoding: .utf8)
        let sections = page.components(separatedBy: "\n## ")
        let section = try #require(sections.first { $0.hasPrefix(heading + "\n") }, "there is no \(heading)")
        let fences = section.components(separatedBy: "```sql\n").dropFirst().compactMap {
            $0.components(separatedBy: "```").first
        }
        try #require(fences.count == 2, "\(heading) has a statement for each store")
        return fences[kind == .postgres ? 0 : 1]
    }

    private func run(
        _ heading: String, _ parameters: [Int64] = [], in place: QueuePlace, _ kind: QueuePlace.Kind
    ) throws {
        var sql = try Self.statement(heading, for: kind)
        for (number, value) in parameters.enumerated() { sql = sql.replacing("$\(number + 1)", with: "\(value)") }
        try place.execute(sql)
    }

    @Test(arguments: QueuePlace.Kind.here)
    func takesAndDeletesAndLetsGoOf(kind: QueuePlace.Kind) async throws {
        let place = try await QueuePlace(kind)
        try place.append(1...12)
        try place.letTimePass(kind)
        try run("Receive", in: place, kind)
        let now = QueueClock.wall()
        let seen = try place.reader.peek(atMost: 20, after: 0)
        #expect(seen.map(\.receives) == Array(repeating: 1, count: 10) + [0, 0])
        #expect(seen.prefix(10).allSatisfy { (30_000...46_000).contains($0.visibleAt - now) })
        #expect(try place.reader.receive(atMost: 10, visibility: 45_000).map(\.receipt.id) == [11, 12])

        try run("Delete", [1, 1], in: place, kind)
        try run("Delete", [2, 7], in: place, kind)
        #expect(try place.reader.peek(atMost: 2, after: 0).map(\.id) == [2, 3], "a stale receipt deletes nothing")
        try run("Change visibility", [2, 1, 600], in: place, kind)
        try run("Change visibility", [3, 7, 600], in: place, kind)
        let changed = try place.reader.peek(atMost: 2, after: 0).map { $0.visibleAt - now > 590_000 }
        #expect(changed == [true, false])
    }

    @Test(arguments: QueuePlace.Kind.here)
    func givesUpAndPutsBack(kind: QueuePlace.Kind) async throws {
        let place = try await QueuePlace(kind)
        try place.append(1...3, body: "eyJhIjoxfQ==")
        for _ in 1...3 {
            try place.letTimePass(kind)
            try run("Receive", in: place, kind)
        }
        try run("Give up", in: place, kind)
        #expect(try place.reader.contents(at: 0).deadLetters == 0, "they may be dealt with yet")
        try place.letTimePass(kind)
        try place.append(4...4)
        try run("Give up", in: place, kind)
        let letters = try place.reader.deadLetters(atMost: 10, after: 0)
        #expect(letters.map(\.reason) == Array(repeating: "received 3 times", count: 3))
        #expect(try place.reader.contents(at: 0).depth == 1)

        try run("Put dead letters back", [letters[1].id], in: place, kind)
        #expect(try place.reader.contents(at: 0).deadLetters == 2)
        try place.letTimePass(kind)
        let back = try place.reader.receive(atMost: 10, visibility: 45_000)
        #expect(back.map(\.receipt.receives) == [1, 1])
        #expect(back.last?.body == letters[1].body)
        #expect((back.last?.enqueuedAt ?? 0) > QueueClock.wall() - 60_000)
    }
}
