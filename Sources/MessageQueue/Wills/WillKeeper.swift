package import BrokerCore
import Glibc

/// Writes wills down and crosses them out, on a thread of its own, and says how far it is.
///
/// As with the queue, what came while one commit ran is the next: ten thousand workers that come back at once cost some
/// dozens of commits.
package final class WillKeeper: Sendable {
    private struct State {
        var waiting = Backlog<WillDeed>()
        var stopping = false
        var ended = false
        var trouble: String?
    }

    /// More in one commit takes longer and saves nothing more.
    private static let batch = 1_024
    /// Milliseconds between two tries.
    private static let retry: Int64 = 200

    private let bell = Doorbell(State())

    /// Starts the thread, or says that the system gives none. `kept` is called on it with the number of deeds that are done since the start.
    package init(_ store: WillStore, kept: @escaping @Sendable (UInt64) -> Void) throws(StoreError) {
        let work = Work(store: store, bell: bell, kept: kept)
        try OwnThread.start("wills") { work.run() }
    }

    /// Takes deeds over, in their order. Never blocks on the disk.
    package func submit(_ deeds: [WillDeed]) {
        guard !deeds.isEmpty else { return }
        bell.ring { $0.waiting.append(deeds) }
    }

    /// Why nothing is written down now; nil while it is.
    package var trouble: String? { bell.withState { $0.trouble } }

    /// Does what was submitted, says of all wills that remain that the broker was stopped, and ends the thread; false if
    /// that took longer than `milliseconds`: then the next start takes it for a crash, which only changes the word.
    @discardableResult
    package func stop(within milliseconds: Int64 = 5_000) -> Bool {
        bell.ring { $0.stopping = true }
        return bell.wait(atMost: milliseconds, until: { $0.ended ? true : nil }) == true
    }

    /// What the thread does; nobody else touches the store.
    private final class Work {
        let store: WillStore
        let bell: Doorbell<State>
        let kept: @Sendable (UInt64) -> Void
        var done: UInt64 = 0

        init(store: WillStore, bell: Doorbell<State>, kept: @escaping @Sendable (UInt64) -> Void) {
            self.store = store
            self.bell = bell
            self.kept = kept
        }

        func run() {
            while let batch = next(), insist({ () throws(StoreError) in try self.store.perform(batch) }) {
                done += UInt64(batch.count)
                kept(done)
            }
            try? store.leave(.serverShutdown, at: QueueClock.wall())
            store.close()
            bell.ring { $0.ended = true }
        }

        /// Nil when all is done and the keeper was told to stop.
        private func next() -> [WillDeed]? {
            while true {
                let batch = bell.wait(atMost: 60_000) { state -> [WillDeed]? in
                    guard !state.waiting.isEmpty else { return state.stopping ? [] : nil }
                    return state.waiting.take(atMost: WillKeeper.batch)
                }
                if let batch { return batch.isEmpty ? nil : batch }
            }
        }

        /// Tries until it is done; false if the keeper was told to stop before.
        private func insist(_ deed: () throws(StoreError) -> Void) -> Bool {
            var isBroken = false
            while true {
                do throws(StoreError) {
                    if isBroken { try store.reopen() }
                    try deed()
                    if isBroken { bell.withState { $0.trouble = nil } }
                    return true
                } catch {
                    isBroken = true
                    bell.withState { $0.trouble = error.description }
                    if bell.wait(atMost: WillKeeper.retry, until: { $0.stopping ? true : nil }) == true { return false }
                }
            }
        }
    }
}
