import BrokerCore

/// A simulated pool, and those who work in it.
package struct PoolProfile: Equatable, Sendable {
    package var id: ULID
    package var name: String
    /// The share of its workers that have a run at any time; none in a drained pool.
    package var load: Double
    package var workers: [WorkerProfile]

    package init(id: ULID, name: String, load: Double, workers: [WorkerProfile]) {
        self.id = id
        self.name = name
        self.load = load
        self.workers = workers
    }
}
