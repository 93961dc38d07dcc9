import Synchronization

/// How many of the fleet are connected: for progress, and for whoever waits until all are there.
final class AudienceCounter: Sendable {
    private struct State {
        var connected = 0
        var failure: String?
    }

    private let state = Mutex(State())

    func came() { state.withLock { $0.connected += 1 } }
    func left() { state.withLock { $0.connected -= 1 } }
    func failed(_ why: String) { state.withLock { $0.failure = why } }

    var connected: Int { state.withLock { $0.connected } }
    /// Why the last connection could not be made.
    var failure: String? { state.withLock { $0.failure } }
}
