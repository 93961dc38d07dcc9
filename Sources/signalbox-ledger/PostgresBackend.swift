import Ledger

extension Trial {
    /// PostgreSQL dies with all its processes, and is started again.
    func killDatabase() throws {
        throw Skipped("postgres is not built yet")
    }
}
