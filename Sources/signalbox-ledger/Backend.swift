import Ledger

/// The store under a broker, as the ledger needs it: what to tell the broker, and what it holds in the end.
protocol Backend: AnyObject {
    var name: String { get }
    /// For the broker's environment.
    var settings: [String: String] { get }
    func start() throws
    /// Everything stored, in its order; the broker does not run.
    func stored() throws -> StoreContents
    func stop()
}

/// What was found in a store.
struct StoreContents {
    var messages: [StoredMessage] = []
    /// Rows that no worker of the ledger can have sent.
    var foreign: [String] = []
}
