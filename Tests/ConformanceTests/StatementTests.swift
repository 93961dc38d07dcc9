import Foundation
import Testing

/// The list of what the standards demand is whole: what covers each line is checked by `.ci/conformance`.
struct StatementTests {
    private struct Statement: Hashable {
        let version: String
        let side: String
    }

    private func rows() throws -> [[String]] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "statements.tsv")
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").dropFirst().map { line in
            line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        }
    }

    @Test func listsEveryStatementOfBothVersionsOnce() throws {
        let rows = try rows()
        #expect(Set(rows.map { "\($0[0]) \($0[1])" }).count == rows.count)
        let counts = Dictionary(grouping: rows) { Statement(version: $0[1], side: $0[2]) }.mapValues(\.count)
        #expect(
            counts == [
                Statement(version: "5.0", side: "S"): 118, Statement(version: "5.0", side: "B"): 79,
                Statement(version: "5.0", side: "C"): 54, Statement(version: "3.1.1", side: "S"): 68,
                Statement(version: "3.1.1", side: "B"): 33, Statement(version: "3.1.1", side: "C"): 40,
            ])
    }

    @Test func saysWhyWhereThereIsNoTest() throws {
        for row in try rows() {
            #expect(row.count == 6 && ["test", "note"].contains(row[3]) && !row[4].isEmpty, "\(row)")
            #expect((row[3] == "note") == !row[5].isEmpty, "\(row)")
        }
    }
}
