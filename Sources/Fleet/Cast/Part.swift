import BrokerCore

/// What is peculiar about a worker; every fault here is one that operators meet.
package enum Part: Equatable, Sendable {
    /// Registers, works, reports.
    case healthy
    /// Its connection breaks again and again, as behind a firewall that forgets.
    case flapping
    /// Takes one run, then neither works nor acknowledges, while its pings go on. A kick may cure it.
    case stuck(curable: Bool)
    /// Asks every ten seconds for the topic of its name in another pool.
    case trespassing(on: ULID)
    /// Publishes into another pool now and then.
    case misdirected(to: ULID)
    /// A clone that fights for another worker's id from time to time.
    case rival
}
