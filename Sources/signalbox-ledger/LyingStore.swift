import Glibc
import MessageQueue
import Synchronization

/// A store that says "done" at once and does it a fifth of a second later: what many brokers do, and call fast.
///
/// The ledger must catch a broker with such a store, or it proves nothing. It is part of no other program.
final class LyingStore: MessageStore, @unchecked Sendable {
    private let store: any MessageStore
    private let late = Mutex<[(due: Int64, messages: [QueueMessage])]>([])
    /// The store is used by one thread at a time.
    private let turn = Mutex(())

    private static let delay: Int64 = 200_000

    init(over store: any MessageStore) {
        self.store = store
        var thread = pthread_t()
        let box = Unmanaged.passRetained(self)
        let status = pthread_create(
            &thread, nil,
            { box in
                guard let box else { return nil }
                let store = Unmanaged<LyingStore>.fromOpaque(box).takeRetainedValue()
                while true {
                    store.catchUp()
                    RunClock.sleep(5_000)
                }
            }, box.toOpaque())
        if status == 0 { pthread_detach(thread) }
    }

    func append(_ messages: [QueueMessage]) throws(StoreError) {
        late.withLock { $0.append((RunClock.steady() + LyingStore.delay, messages)) }
    }

    func bury(_ message: QueueMessage, reason: String) throws(StoreError) {
        try used { store throws(StoreError) in try store.bury(message, reason: reason) }
    }

    func reopen() throws(StoreError) {
        try used { store throws(StoreError) in try store.reopen() }
    }

    func contents(at now: Int64) throws(StoreError) -> MessageQueue.StoreContents {
        try used { store throws(StoreError) in try store.contents(at: now) }
    }

    func close() {
        catchUp(until: .max)
        try? used { store throws(StoreError) in store.close() }
    }

    private func catchUp(until time: Int64 = RunClock.steady()) {
        while true {
            let next = late.withLock { late -> [QueueMessage]? in
                guard let first = late.first, first.due <= time else { return nil }
                return late.removeFirst().messages
            }
            guard let next else { return }
            try? used { store throws(StoreError) in
                try store.append(next)
                store.settle()
            }
        }
    }

    private func used<Result>(_ body: (any MessageStore) throws(StoreError) -> Result) throws(StoreError) -> Result {
        let held = HeldStore(store)
        let result: Swift.Result<Result, StoreError> = turn.withLock { _ in
            do throws(StoreError) {
                return .success(try body(held.store))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// Carries the store into the lock that makes its use safe.
    private struct HeldStore: @unchecked Sendable {
        let store: any MessageStore
        init(_ store: any MessageStore) { self.store = store }
    }
}
