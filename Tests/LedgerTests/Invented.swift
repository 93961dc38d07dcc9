import Ledger

/// Evidence made up for the judge: one worker, some messages, and a store that holds them.
struct Invented {
    static let pool = "01K9ZZZZZZ0000000000000001"
    static let worker = "01K9ZZZZZZ0000000000000002"

    var entries: [Entry] = []
    var evidence = Evidence(books: [], stored: [])

    /// `count` messages of QoS 1, sent a millisecond after each other, acknowledged and stored.
    init(_ count: Int = 4, qos: UInt8 = 1) {
        note(0, .opened(connection: 1, session: false))
        for sequence in 0..<count {
            send(sequence, at: Int64(sequence + 1) * 1_000, qos: qos)
            promise(sequence, at: Int64(sequence + 1) * 1_000 + 500)
            store(sequence)
        }
    }

    static func id(_ sequence: Int) -> String { "message-\(sequence)" }

    mutating func note(_ at: Int64, _ deed: Entry.Deed) { entries.append(Entry(at: at, deed)) }

    mutating func send(_ sequence: Int, at: Int64, qos: UInt8 = 1) {
        note(
            at,
            .sent(
                id: Invented.id(sequence), sequence: sequence, qos: qos, digest: "d\(sequence)",
                packet: UInt16(sequence + 1), connection: 1))
    }

    mutating func resend(_ sequence: Int, at: Int64, duplicate: Bool) {
        note(at, .resent(id: Invented.id(sequence), packet: 1, connection: 2, duplicate: duplicate))
    }

    mutating func promise(_ sequence: Int, at: Int64, code: UInt8 = 0) {
        note(at, .promised(id: Invented.id(sequence), code: code))
    }

    mutating func store(_ sequence: Int, key: String? = nil) {
        evidence.stored.append(
            StoredMessage(
                pool: Invented.pool, worker: Invented.worker, id: Invented.id(sequence), digest: "d\(sequence)",
                key: key ?? "epoch/\(evidence.stored.count)"))
    }

    /// The judge's finding on the book as it reads when it is written to a file and read back.
    var verdict: Verdict {
        var evidence = evidence
        let book = Book(pool: Invented.pool, worker: Invented.worker, entries: entries)
        let text = ([book.title] + book.entries.map(\.line)).joined(separator: "\n") + "\n"
        evidence.books = [Book(text: text) ?? Book(pool: "", worker: "")]
        return Judge.verdict(on: evidence)
    }

    /// The invariants that were found violated, each once.
    var violated: Set<Invariant> { Set(verdict.violations.map(\.invariant)) }
}
