import BrokerCore
import Ledger
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// All workers of a run, on one event loop of their own.
final class Crew: Sendable {
    struct Plan: Sendable {
        var workers = 24
        /// How many of them show a pool's certificate over TLS.
        var secured = 6
        var window = 8
        /// Messages a second, of all together.
        var rate = 2_000
        var largest = 131_072
        var keepAlive: UInt16 = 60
        /// Whether the broker is to report workers that go without a word.
        var hasWills = false
    }

    /// What the driver wants to know while it goes on.
    struct Counts {
        var sent = 0
        var resent = 0
        var promised = 0
        var refused = 0
        var connected = 0
        /// Messages that are not acknowledged.
        var open = 0
        /// The driver's mark, and when the first promise came on a connection that was opened after it.
        var mark: Int64 = 0
        var marksConnections = true
        var firstPromise: Int64?
        var lastPromise: Int64 = 0
    }

    private let members: [CrewMember]
    private let loop: any EventLoop
    private let tally: Tally

    init(
        _ plan: Plan, seed: UInt64, ports: (tls: Int, open: Int), papers: Papers, books: String, clock: RunClock,
        on loop: any EventLoop
    ) throws {
        self.loop = loop
        var dice = SeededDice(seed: seed)
        var members: [CrewMember] = []
        let tally = Tally()
        for number in 0..<plan.workers {
            let isSecured = number < plan.secured
            let pool = papers.pools[number % papers.pools.count]
            let worker = LedgerWorker(
                pool: pool.id, worker: dice.ulid(at: RunClock.wall()), version: number % 3 == 0 ? .v311 : .v5,
                window: plan.window, keepAlive: plan.keepAlive, hasWill: plan.hasWills)
            members.append(
                try CrewMember(
                    worker, dice: SeededDice(seed: dice.next()), plan: plan,
                    port: isSecured ? ports.tls : ports.open, tls: isSecured ? pool.context : nil,
                    book: "\(books)/\(worker.worker).book", clock: clock, tally: tally, on: loop))
        }
        self.members = members
        self.tally = tally
    }

    var now: Counts { tally.counts.withLock { $0 } }

    /// Begins to wait for a promise: on a connection opened after `time`, or on any after it.
    func mark(_ time: Int64, anyConnection: Bool = false) {
        tally.counts.withLock {
            $0.mark = time
            $0.marksConnections = !anyConnection
            $0.firstPromise = nil
        }
    }

    func start() {
        loop.execute { for member in self.members { member.start() } }
    }

    /// No new messages; what is open is seen through.
    func hold() {
        tally.isHeld.withLock { $0 = true }
    }

    func go() {
        tally.isHeld.withLock { $0 = false }
    }

    /// One worker loses its connection, without a word.
    func cut(_ number: Int) {
        guard !members.isEmpty else { return }
        let member = members[abs(number) % members.count]
        loop.execute { member.cut() }
    }

    /// Everybody leaves; the books are complete when this returns.
    func stop() throws {
        try loop.submit { for member in self.members { member.stop() } }.wait()
        // Sockets close in their own time; what they still say is in the books by then.
        try loop.submit {}.wait()
        try loop.submit { for member in self.members { member.closeBook() } }.wait()
    }

    func books() throws -> [Book] {
        try members.map { member in
            guard let text = Files.text(member.bookPath), let book = Book(text: text) else {
                throw Failure("\(member.bookPath) cannot be read back")
            }
            return book
        }
    }
}

/// What the members of a crew count together.
final class Tally: Sendable {
    let counts = Mutex(Crew.Counts())
    let isHeld = Mutex(false)
}
