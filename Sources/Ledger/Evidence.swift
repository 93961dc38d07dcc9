/// Everything a run is judged by: the workers' books, what the store held in the end, and what was done to the broker.
package struct Evidence: Equatable, Sendable {
    /// A fault: from when it was made to when what it broke was there again.
    package struct Fault: Equatable, Sendable {
        package var kind: String
        package var from: Int64
        package var to: Int64
        /// The broker died of it, and with it the sessions it knew.
        package var forgets: Bool

        package init(_ kind: String, from: Int64, to: Int64, forgets: Bool = false) {
            self.kind = kind
            self.from = from
            self.to = to
            self.forgets = forgets
        }
    }

    /// What the broker itself counted since its last start.
    package struct Count: Equatable, Sendable {
        package var epoch: String
        /// When that start was, in the run's time.
        package var since: Int64
        package var committed: Int
        package var denied: Int

        package init(epoch: String, since: Int64, committed: Int, denied: Int) {
            self.epoch = epoch
            self.since = since
            self.committed = committed
            self.denied = denied
        }
    }

    package var books: [Book]
    /// In the order of the store.
    package var stored: [StoredMessage]
    /// Messages in the store that are not of the ledger's making.
    package var foreign: [String]
    package var faults: [Fault]
    /// While nothing can have been committed, so that nothing may be acknowledged.
    package var silences: [Fault]
    package var count: Count?
    /// Refusals that are right while a fault lasts, and as long after it as everything may take: a broker whose store
    /// is away must say 0x89 or 0x03. [T-61]
    package var tolerated: Set<UInt8> = []
    /// After a fault, everything must be acknowledged within so many microseconds.
    package var patience: Int64

    package init(
        books: [Book], stored: [StoredMessage], foreign: [String] = [], faults: [Fault] = [], silences: [Fault] = [],
        count: Count? = nil, patience: Int64 = 5_000_000
    ) {
        self.books = books
        self.stored = stored
        self.foreign = foreign
        self.faults = faults
        self.silences = silences
        self.count = count
        self.patience = patience
    }
}
