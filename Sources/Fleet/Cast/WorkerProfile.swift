import BrokerCore

/// Who a simulated worker is.
package struct WorkerProfile: Equatable, Sendable {
    package var namespace: String
    package var pool: ULID
    package var worker: ULID
    package var version: String
    package var instance: String
    package var group: String
    /// Speaks MQTT 3.1.1 instead of 5.
    package var speaksOld: Bool
    /// Takes no new work, as its platform told it.
    package var drained: Bool
    /// How far its clock is from the true one, in milliseconds.
    package var clockSkew: Int64
    package var part: Part

    package init(
        namespace: String = "spacelift", pool: ULID, worker: ULID, version: String = "2.4.1",
        instance: String = "i-0", group: String = "asg", speaksOld: Bool = false, drained: Bool = false,
        clockSkew: Int64 = 0, part: Part = .healthy
    ) {
        self.namespace = namespace
        self.pool = pool
        self.worker = worker
        self.version = version
        self.instance = instance
        self.group = group
        self.speaksOld = speaksOld
        self.drained = drained
        self.clockSkew = clockSkew
        self.part = part
    }

    /// What the platform tells it.
    package var readTopic: String { "\(namespace)/readonly/\(pool)/\(worker)" }
    /// What it tells the platform.
    package var writeTopic: String { "\(namespace)/writeonly/\(pool)/\(worker)" }
}
