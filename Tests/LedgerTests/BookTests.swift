import Ledger
import Testing

struct BookTests {
    @Test(arguments: [
        Entry.Deed.opened(connection: 3, session: true),
        .sent(id: "A", sequence: 7, qos: 2, digest: "ff", packet: 65_535, connection: 1),
        .resent(id: "A", packet: 1, connection: 2, duplicate: false),
        .promised(id: "A", code: 0x97), .completed(id: "A", code: 0), .refused(what: "CONNACK", code: 0x89),
        .lost(connection: 1, reason: "reset by peer"),
    ])
    func readsBackWhatItWrote(_ deed: Entry.Deed) {
        let entry = Entry(at: 1_234, deed)
        #expect(Entry(line: entry.line[...]) == entry)
    }

    @Test(arguments: [
        "", "SEND", "SEND\t1", "ACK\t1\tA\t256", "ACK\tx\tA\t0", "OPEN\t1\t1\t2", "LOST\t1\tx\tword", "\t\t",
    ])
    func refusesALineThatIsNone(_ line: String) {
        #expect(Entry(line: line[...]) == nil)
    }

    @Test func keepsAReasonOnOneLine() {
        let entry = Entry(at: 1, .lost(connection: 1, reason: "two\nlines\tand a tab"))
        #expect(entry.line == "LOST\t1\t1\ttwo lines and a tab")
    }

    @Test func refusesABookThatIsCutInTheMiddleOfALine() {
        #expect(Book(text: "BOOK\tpool\tworker\nACK\t1\tA\t0\n")?.entries.count == 1)
        #expect(Book(text: "BOOK\tpool\tworker\nACK\t1\tA") == nil)
        #expect(Book(text: "") == nil)
    }
}
