package import BrokerCore
import Glibc

/// Puts workers' messages into a store, on a thread of its own, and says when they are safe there.
///
/// Natural group commit: what came while one commit ran is the next batch; nobody waits for a batch to fill. A batch
/// is stored whole or not at all, in the order of its tickets, and tried again until it is. [T-50] [T-53] [T-56]
package final class QueueWriter: Sendable {
    package struct Limits: Equatable, Sendable {
        /// Beyond this a commit takes longer and saves nothing more.
        package var batch = 256
        /// Payload bytes in one transaction, which holds them several times over.
        package var batchBytes = 4 << 20
        /// Between two tries, doubling: the first PUBACK after an outage leaves within a second.
        package var firstRetry: Int64 = 50
        package var lastRetry: Int64 = 500
        /// A commit that takes longer is trouble, although it has not failed.
        package var patience: Int64 = 3_000
        /// Between two looks at what the store holds.
        package var look: Int64 = 1_000
        /// A store that takes long over the answer is asked less often, but the console shows nothing much older.
        package var lastLook: Int64 = 30_000
        /// Between two looks for messages that are too old, and how many of them are given up in one go.
        package var expiry: Int64 = 60_000
        package var expired = 250

        package init() {}
    }

    private struct State {
        var waiting = Backlog<HandOver>()
        var stopping = false
        var ended = false
        /// When the try that is going on now began, in milliseconds of the clock that never jumps.
        var tryingSince: Int64?
        var status = QueueStatus()
        var wrapped: Int64 = 0
        var buried: Int64 = 0
        var expired: Int64 = 0
        /// Why nothing that is too old can be given up; nil if it can.
        var expiryFailure: String?
        var sent: Int64 = 0
        var visible: Int64?
        /// Messages of the batch that is being written.
        var inHand = 0
        /// What was handed over and not stored when the writer ended.
        var unstored = 0
        var read: ReadCounts?
    }

    private let bell = Doorbell(State())
    /// Whether whoever looks is to end; a bell of its own, for the other one rings for each message.
    private let lookout = Doorbell(false)
    private let limits: Limits

    /// Starts the threads, or closes the store and says that the system gives none. `committed` is called on one of them, with tickets that
    /// follow each other; what it does must be short, such as a hop to an event loop.
    package init(
        _ store: any MessageStore, epoch: String, limits: Limits = Limits(),
        committed: @escaping @Sendable (ClosedRange<Ticket>) -> Void
    ) throws(StoreError) {
        self.limits = limits
        let work = Work(store: store, epoch: epoch, limits: limits, bell: bell, committed: committed)
        do {
            try OwnThread.start("the queue") { work.run() }
        } catch {
            store.close()
            throw error
        }
        do {
            try OwnThread.start("a look at the queue") { [lookout] in work.lookout(lookout) }
        } catch {
            stop()
            throw error
        }
    }

    /// Takes messages over, in the order of their tickets. Never blocks on the store.
    package func submit(_ handOvers: [HandOver]) {
        guard !handOvers.isEmpty else { return }
        bell.ring { $0.waiting.append(handOvers) }
    }

    /// What is known of the store, at most some seconds old; costs a lock.
    package var status: QueueStatus {
        let now = QueueClock.steady()
        return bell.withState { state in
            var status = state.status
            if status.trouble == nil, let since = state.tryingSince, now - since > limits.patience {
                status.trouble = "the store has not answered for \((now - since) / 1_000) s"
            }
            if status.warning == nil, let failure = state.expiryFailure {
                status.warning = "messages that are too old cannot be given up: \(failure)"
            }
            return status
        }
    }

    /// Payloads that were no JSON object, and messages that went to the dead letters, since the start.
    package var counts: (wrapped: Int64, buried: Int64) {
        bell.withState { ($0.wrapped, $0.buried) }
    }

    /// The queue's figures under the platform's names.
    package var metrics: QueueMetrics {
        bell.withState { state in
            QueueMetrics(
                sent: state.sent, total: state.status.depth, visible: state.visible, read: state.read,
                wrapped: state.wrapped, buried: state.buried, expired: state.expired)
        }
    }

    /// Stores what was submitted and ends the thread; false if that took longer than `milliseconds`.
    ///
    /// What is not stored then was never acknowledged: its workers send it again, unless they asked for no answer
    /// (QoS 0). How many these are, `unstored` says. [T-26]
    @discardableResult
    package func stop(within milliseconds: Int64 = 5_000) -> Bool {
        lookout.ring { $0 = true }
        bell.ring { $0.stopping = true }
        let isOver = bell.wait(atMost: milliseconds, until: { $0.ended ? true : nil }) == true
        bell.ring { state in
            state.unstored = state.waiting.count + state.inHand
            state.waiting.removeAll()
        }
        return isOver
    }

    /// Messages that were handed over and that the store had not confirmed when the writer was stopped.
    package var unstored: Int { bell.withState { $0.unstored } }

    /// What the threads do; nobody else touches the store.
    private final class Work {
        let store: any MessageStore
        let epoch: String
        let limits: Limits
        let bell: Doorbell<State>
        let committed: @Sendable (ClosedRange<Ticket>) -> Void
        let age = AgeClock(wall: QueueClock.wall(), steady: QueueClock.steady())
        var nextExpiry: Int64 = 0
        /// Nothing is asked of the store before it was opened anew.
        var isBroken = false

        init(
            store: any MessageStore, epoch: String, limits: Limits, bell: Doorbell<State>,
            committed: @escaping @Sendable (ClosedRange<Ticket>) -> Void
        ) {
            self.store = store
            self.epoch = epoch
            self.limits = limits
            self.bell = bell
            self.committed = committed
        }

        func run() {
            while true {
                expire()
                let batch = bell.wait(atMost: max(1, nextExpiry - QueueClock.steady())) { state -> [HandOver]? in
                    guard state.waiting.isEmpty else {
                        let batch = Work.takeBatch(from: &state.waiting, self.limits)
                        state.inHand = batch.count
                        return batch
                    }
                    return state.stopping ? [] : nil
                }
                if let batch {
                    guard !batch.isEmpty, write(batch) else { break }
                }
            }
            store.close()
            bell.ring { $0.ended = true }
        }

        private static func takeBatch(from waiting: inout Backlog<HandOver>, _ limits: Limits) -> [HandOver] {
            var (count, bytes) = (0, 0)
            return waiting.take(atMost: limits.batch) { handOver in
                count += 1
                bytes += handOver.payload.count
                return count == 1 || bytes <= limits.batchBytes
            }
        }

        /// Returns when the batch is safe; false if the writer was told to stop before that.
        private func write(_ batch: [HandOver]) -> Bool {
            var wrapped: Int64 = 0
            let messages = batch.map { handOver in
                let body = MessageBody(
                    handOver.payload, timestamp: handOver.receivedAt, pool: handOver.pool, worker: handOver.worker,
                    will: handOver.will)
                if body.wrapped { wrapped += 1 }
                return QueueMessage(
                    key: key(of: handOver), worker: handOver.worker, body: body.base64,
                    enqueuedAt: handOver.receivedAt)
            }
            bell.withState { $0.wrapped += wrapped }
            guard store(messages[...]) else { return false }
            bell.withState { state in
                state.sent += Int64(batch.count)
                state.inHand = 0
            }
            for range in Work.ranges(of: batch) { committed(range) }
            store.settle()
            return true
        }

        private func key(of handOver: HandOver) -> QueueMessage.IngressKey {
            guard let will = handOver.will?.name else { return .init(epoch: epoch, ticket: handOver.ticket) }
            return .will(of: handOver.worker, in: handOver.pool, epoch: Ticket(clamping: will.epoch))
        }

        /// Stores `messages`, halving them where the store refuses one, and buries that one. [T-55]
        private func store(_ messages: ArraySlice<QueueMessage>) -> Bool {
            guard let first = messages.first else { return true }
            switch insist({ () throws(StoreError) in try self.store.append(Array(messages)) }) {
            case .done: return true
            case .stopped: return false
            case .refused(let reason):
                guard messages.count == 1 else {
                    let middle = messages.startIndex + messages.count / 2
                    return store(messages[..<middle]) && store(messages[middle...])
                }
                guard bury(first, reason) else { return false }
                bell.withState { $0.buried += 1 }
                return true
            }
        }

        private func bury(_ message: QueueMessage, _ reason: String) -> Bool {
            while true {
                switch insist({ () throws(StoreError) in try self.store.bury(message, reason: reason) }) {
                case .done: return true
                case .stopped: return false
                // Nowhere to put it, so it is not acknowledged: somebody has to look at the store.
                case .refused(let reason):
                    guard pause(limits.lastRetry, trouble: "a message cannot be buried: \(reason)") else {
                        return false
                    }
                }
            }
        }

        private enum Outcome {
            case done
            case refused(String)
            case stopped
        }

        /// Tries until the store has answered, with a new connection after each failure that may be the connection's.
        private func insist(_ deed: () throws(StoreError) -> Void) -> Outcome {
            bell.withState { $0.tryingSince = QueueClock.steady() }
            defer { bell.withState { $0.tryingSince = nil } }
            var retry = limits.firstRetry
            while true {
                do throws(StoreError) {
                    try mend()
                    try deed()
                    bell.withState { $0.status.trouble = nil }
                    return .done
                } catch {
                    if case .refused(let reason) = error { return .refused(reason) }
                    isBroken = error.isOfTheConnection
                    guard pause(retry, trouble: error.description) else { return .stopped }
                    retry = min(retry * 2, limits.lastRetry)
                }
            }
        }

        /// Opens the store anew if the last try said nothing good about it.
        private func mend() throws(StoreError) {
            guard isBroken else { return }
            do throws(StoreError) {
                try store.reopen()
            } catch {
                // Whatever is refused here, it is no message.
                throw .unavailable(error.description)
            }
            isBroken = false
        }

        /// Waits before another try; false if there is to be none.
        private func pause(_ milliseconds: Int64, trouble: String) -> Bool {
            bell.withState { $0.status.trouble = trouble }
            return bell.wait(atMost: milliseconds) { $0.stopping ? true : nil } != true
        }

        /// Asks the store again and again what it holds, seldom if it takes long over the answer; until told to end.
        func lookout(_ bell: Doorbell<Bool>) {
            while true {
                let began = QueueClock.steady()
                // At most a fiftieth of the store's time; a failure says nothing about how long an answer takes.
                let took = look() ? QueueClock.steady() - began : 0
                let pause = max(limits.look, min(took * 50, limits.lastLook))
                if bell.wait(atMost: pause, until: { $0 ? true : nil }) == true { return }
            }
        }

        /// False if the store did not answer: whoever writes to it says why.
        private func look() -> Bool {
            do throws(StoreError) {
                let contents = try store.contents(at: QueueClock.wall())
                bell.withState {
                    $0.status.depth = contents.depth
                    $0.status.oldestAge = contents.oldestAge
                    $0.status.deadLetters = contents.deadLetters
                    $0.status.warning = contents.warning
                    $0.visible = contents.visible
                }
                if let read = try store.readCounts() { bell.withState { $0.read = read } }
                return true
            } catch {
                return false
            }
        }

        /// Gives up what nobody has dealt with within the retention time, a portion at a time.
        private func expire() {
            let now = QueueClock.steady()
            guard now >= nextExpiry else { return }
            let oldest = age.now(wall: QueueClock.wall(), steady: now) - QueuePolicy.retention
            nextExpiry = now + limits.expiry
            bell.withState { $0.tryingSince = now }
            defer { bell.withState { $0.tryingSince = nil } }
            do throws(StoreError) {
                try mend()
                let count = try store.expire(enqueuedBefore: oldest, atMost: limits.expired)
                if count > 0 { store.settle() }
                bell.withState { state in
                    state.expired += Int64(count)
                    state.expiryFailure = nil
                }
                // More of the same is not left for a minute.
                if count >= limits.expired { nextExpiry = now }
            } catch {
                // Messages are stored all the same: who may write may be forbidden to delete.
                isBroken = error.isOfTheConnection
                bell.withState { $0.expiryFailure = error.description }
            }
        }

        /// The batch's tickets, one range per run without a gap.
        private static func ranges(of batch: [HandOver]) -> [ClosedRange<Ticket>] {
            var ranges: [ClosedRange<Ticket>] = []
            for handOver in batch {
                if let last = ranges.last, last.upperBound &+ 1 == handOver.ticket {
                    ranges[ranges.count - 1] = last.lowerBound...handOver.ticket
                } else {
                    ranges.append(handOver.ticket...handOver.ticket)
                }
            }
            return ranges
        }
    }
}
