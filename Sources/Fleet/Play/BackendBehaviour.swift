import AdminProtocol
import BrokerCore

/// How the platform's side behaves: it hears what workers say and gives them runs.
///
/// It knows of the fleet only what the workers told it, as the real one does.
package struct BackendBehaviour: Sendable {
    package struct Publication: Equatable, Sendable {
        package var topic: String
        package var payload: [UInt8]
    }

    private struct Address: Hashable, Comparable {
        let pool: ULID
        let worker: ULID

        static func < (one: Address, other: Address) -> Bool {
            (one.pool, one.worker) < (other.pool, other.worker)
        }
    }

    private struct Assignment {
        let run: ULID
        var attempt: Int
        /// When it is asked again unless it answers; nil once it has.
        var askAgainAt: Moment?
        /// When somebody changes their mind.
        var stopAt: Moment?
    }

    private struct Book {
        let load: Double
        var idle: [ULID] = []
        var busy: [ULID: Assignment] = [:]
        var known: Set<ULID> = []
    }

    package let namespace: String
    private var dice: Dice
    private var books: [ULID: Book]
    private let pools: [ULID]
    /// Assignments that wait for an answer or for a change of mind: few, so that they can be looked through.
    private var watched: Set<Address> = []
    private var runs: Int64 = 0

    /// After so many the platform gives a silent worker up.
    private static let attempts = 90

    package init(_ cast: Cast, dice: Dice) {
        namespace = cast.namespace
        self.dice = dice
        books = Dictionary(uniqueKeysWithValues: cast.pools.map { ($0.id, Book(load: $0.load)) })
        pools = cast.pools.map(\.id)
    }

    /// What it listens to.
    package var filter: String { "\(namespace)/writeonly/#" }

    /// A worker has said something.
    package mutating func heard(_ payload: [UInt8], on topic: [UInt8], at now: Moment) {
        guard let address = address(topic), let json = try? JSON(parsing: payload), let type = json["type"]?.string
        else { return }
        switch type {
        case "registration": register(address, drained: json["status"]?.string == "DRAINED")
        case "worker_ready": free(address)
        case "run_progress": books[address.pool]?.busy[address.worker]?.askAgainAt = nil
        case "worker.gone": forget(address)
        default: break
        }
    }

    /// Time has passed: what the platform sends out now. Called about ten times a second.
    package mutating func elapsed(at now: Moment) -> [Publication] {
        var publications: [Publication] = []
        for address in watched.sorted() { remind(address, &publications, at: now) }
        for pool in pools { assign(in: pool, &publications, at: now) }
        return publications
    }

    // MARK: What it hears

    private func address(_ topic: [UInt8]) -> Address? {
        let levels = topic.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard levels.count == 4, let pool = ULID(levels[2]), let worker = ULID(levels[3]) else { return nil }
        return Address(pool: pool, worker: worker)
    }

    private mutating func register(_ address: Address, drained: Bool) {
        guard !drained else { return forget(address) }
        books[address.pool]?.known.insert(address.worker)
        // A run it had before it came back is lost.
        free(address)
    }

    private mutating func free(_ address: Address) {
        watched.remove(address)
        books[address.pool]?.busy[address.worker] = nil
        guard let book = books[address.pool], !book.idle.contains(address.worker) else { return }
        books[address.pool]?.idle.append(address.worker)
    }

    private mutating func forget(_ address: Address) {
        watched.remove(address)
        books[address.pool]?.busy[address.worker] = nil
        books[address.pool]?.known.remove(address.worker)
        books[address.pool]?.idle.removeAll { $0 == address.worker }
    }

    // MARK: What it sends

    /// Gives runs to idle workers until as many as usual are busy; a few at a time, as runs come.
    private mutating func assign(in pool: ULID, _ publications: inout [Publication], at now: Moment) {
        guard var book = books[pool] else { return }
        let wanted = Int((Double(book.known.count) * book.load).rounded())
        var portion = 1 + max(0, wanted - book.busy.count) / 6
        while portion > 0, book.busy.count < wanted, !book.idle.isEmpty {
            portion -= 1
            let worker = book.idle.remove(at: Int.random(in: 0..<book.idle.count, using: &dice))
            runs += 1
            let run = dice.ulid(at: Cast.madeAt + runs)
            let stops = dice.once(in: 20)
            book.busy[worker] = Assignment(
                run: run, attempt: 1, askAgainAt: now.advanced(byMilliseconds: 2_500),
                stopAt: stops ? now.advanced(byMilliseconds: Int64.random(in: 3_000...9_000, using: &dice)) : nil)
            watched.insert(Address(pool: pool, worker: worker))
            publications.append(
                publication(.assign(run: run, attempt: 1), to: Address(pool: pool, worker: worker), now))
        }
        books[pool] = book
    }

    /// Asks again whoever has not answered, and stops the runs that somebody wants stopped.
    private mutating func remind(_ address: Address, _ publications: inout [Publication], at now: Moment) {
        guard var assignment = books[address.pool]?.busy[address.worker] else {
            watched.remove(address)
            return
        }
        if let again = assignment.askAgainAt, again <= now {
            assignment.attempt += 1
            let givesUp = assignment.attempt > BackendBehaviour.attempts
            assignment.askAgainAt = givesUp ? nil : now.advanced(byMilliseconds: 1_000)
            if !givesUp {
                let order = Order.assign(run: assignment.run, attempt: assignment.attempt)
                publications.append(publication(order, to: address, now))
            }
        }
        if let stopAt = assignment.stopAt, stopAt <= now {
            assignment.stopAt = nil
            publications.append(publication(.stop(run: assignment.run), to: address, now))
        }
        if assignment.askAgainAt == nil, assignment.stopAt == nil { watched.remove(address) }
        books[address.pool]?.busy[address.worker] = assignment
    }

    private func publication(_ order: Order, to address: Address, _ now: Moment) -> Publication {
        Publication(
            topic: "\(namespace)/readonly/\(address.pool)/\(address.worker)",
            payload: order.payload(timestamp: now.wall))
    }
}
