import AdminProtocol
import BrokerCore

/// Why files could not be used as they were found: said once, and not looked into again at every look.
///
/// Other files are read at once. The same ones are tried again after a while: what was in the way may go without any
/// file's being another. [T-34]
struct Setback<Stamp: Equatable & Sendable>: Sendable {
    /// What lies there may be large, and whoever mends it changes it.
    static var patience: Milliseconds { 5_000 }

    let reason: String
    /// Whether it tells what the one before it did not.
    let isNews: Bool
    private let stamp: Stamp
    private let triedAt: Moment
    /// A file's times count in ticks: who mends it in the very tick in which it was read leaves it its stamp. At the
    /// second try, that tick is over.
    private let isSecond: Bool

    init(_ reason: String, of stamp: Stamp, after earlier: Setback?, at now: Moment) {
        self.reason = reason
        self.stamp = stamp
        triedAt = now
        isSecond = earlier?.stamp == stamp
        isNews = !isSecond || earlier?.reason != reason
    }

    /// Whether there is no use in trying what bears that stamp now.
    func holds(for stamp: Stamp, at now: Moment) -> Bool {
        isSecond && stamp == self.stamp && now.milliseconds(since: triedAt) < Self.patience
    }
}
