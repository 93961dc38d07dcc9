import AdminProtocol
import BrokerCore
import MQTT
import TestSupport

/// The broker in an invented world: clients, sockets, the queue and time, all from one seed.
///
/// Each step something small happens; after it every rule is checked that can be checked from outside.
final class World: SeededWorld {
    var random: SeededRandom
    var broker: Broker
    var now = Moment(nanoseconds: 1_000_000_000, wall: 1_763_800_000_000)
    var step = 0
    var clients: [SimulatedClient] = []
    /// Connections the broker knows, in the order of their opening.
    var links: [Link] = []
    var queue = SimulatedQueue()
    var book = Book()
    /// To whom of the share each message came.
    var shared: [Int: [ShareReception]] = [:]
    var trail: [String] = []
    /// When the queue last was in trouble.
    var lastTrouble = Int.min
    /// No more mischief: everything has to come to its end.
    var isSettling = false
    let limits: Limits
    let namespace = "spacelift"

    init(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var limits = Limits()
        if Bool.random(using: &random) {
            // A broker with little room meets its bounds often.
            limits.receiveMaximum = 5
            limits.waitingBytes = 4_096
            limits.outboxHigh = 4_096
            limits.outboxLow = 1_024
            limits.queueHigh = 10
            limits.queueHighBytes = 8_192
            limits.workerOutbox = 65_536
            limits.openOutbox = 262_144
            // Who was closed for what it sent is not heard for a moment.
            limits.failuresPerIdentity = 1
            limits.longestPenalty = 2_000
        }
        self.limits = limits
        broker = Broker(
            configuration: BrokerConfiguration(
                namespace: namespace, logLevel: .info, instance: "\(seed)", limits: limits), at: now)
        self.random = random
        populate()
    }

    // MARK: - Steps

    func run(steps: Int) throws {
        for _ in 0..<steps {
            step += 1
            try stepOnce()
        }
        try settle()
    }

    private func stepOnce() throws {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<35: if let link = pick(links) { try deliver(link) }
        case 35..<55: if let link = pick(links.filter { $0.hasOutput && !$0.isStalled }) { try take(link) }
        case 55..<62: if let link = pick(links.filter { !$0.answers.isEmpty }) { answer(link) }
        case 62..<88: if let client = pick(clients) { try act(client) }
        case 88..<93: try moveQueue(most: Int.random(in: 1...8, using: &random))
        case 93..<99: try pass(milliseconds: Int64.random(in: 1...300, using: &random))
        default: try makeMischief()
        }
    }

    private func makeMischief() throws {
        switch Int.random(in: 0..<10, using: &random) {
        case 0: try pass(milliseconds: Int64.random(in: 1_000...40_000, using: &random))
        case 1..<3:
            queue.isInTrouble.toggle()
            note("the queue is in trouble: \(queue.isInTrouble)")
            lastTrouble = step
            broker.queueChanged(QueueStatus(trouble: queue.isInTrouble ? "no space" : nil), at: now)
            try perform()
        case 3: if chance(20), let client = pick(clients.filter { $0.fingerprint != nil }) { try revoke(client) }
        default: if let link = pick(links) { link.isStalled.toggle() }
        }
    }

    /// Everybody comes back, reads and answers; nothing new is said. In the end nothing may be left over.
    private func settle() throws {
        isSettling = true
        note("settling")
        if queue.isInTrouble { lastTrouble = step }
        queue.isInTrouble = false
        broker.queueChanged(QueueStatus(), at: now)
        try perform()
        var quiet = 0
        for _ in 0..<400 where quiet < 12 {
            step += 1
            var moved = false
            for client in clients where client.link == nil && client.session != nil {
                moved = true
                try connect(client, again: true)
            }
            for link in links {
                link.isStalled = false
                while isOpen(link), !link.outgoing.isEmpty, !link.isPaused {
                    moved = true
                    try deliver(link)
                }
                if isOpen(link), link.hasOutput || link.isClosedByBroker {
                    moved = true
                    try take(link)
                }
                while isOpen(link), !link.answers.isEmpty {
                    moved = true
                    answer(link)
                }
            }
            if !queue.isIdle {
                moved = true
                try moveQueue(most: 64)
            }
            try pass(milliseconds: moved ? 50 : 1_000)
            quiet = moved ? 0 : quiet + 1
        }
        try checkNothingIsLeft(isQuiet: quiet >= 12)
        for link in links { try end(link, .peerClosed) }
        try demand(broker.statistics(at: now).strangers == 0, "nobody is at the door any more")
    }

    // MARK: - Time and queue

    func pass(milliseconds: Int64) throws {
        now = now.advanced(byMilliseconds: milliseconds)
        broker.elapsed(at: now)
        try perform()
        tellWills()
    }

    private func moveQueue(most: Int) throws {
        if !queue.isInTrouble { try queue.commit(Int.random(in: 1...most, using: &random), book: book) }
        guard let range = queue.answer(Int.random(in: 1...most, using: &random)) else { return }
        note("committed \(range)")
        broker.committed(range, at: now)
        try perform()
    }

    // MARK: - Effects

    func isOpen(_ link: Link) -> Bool { links.contains { $0 === link } }

    /// Does what the broker asks for, and sees that it asks for nothing that cannot be.
    func perform() throws(Violation) {
        let effects = broker.effects
        broker.effects.removeAll()
        try demand(Set(effects.writes).count == effects.writes.count, "a connection is listed for output once a tick")
        for id in effects.writes {
            let link = try linked(id)
            link.hasOutput = true
        }
        for reading in effects.readings {
            switch reading {
            case .pause(let id): try linked(id).isPaused = true
            case .resume(let id): try linked(id).isPaused = false
            }
        }
        for line in effects.lines { note("log: \(line.message) \(line.fields.map(\.value))") }
        for handOver in effects.handOvers { try queue.take(handOver, book: book, namespace: namespace) }
        for id in effects.closes {
            let link = try linked(id)
            try demand(!link.isClosedByBroker, "a connection is closed once")
            note("\(link.client.name) is to be closed")
            link.isClosedByBroker = true
            link.closedAt = now
            link.closedStep = step
        }
    }

    private func linked(_ id: ConnectionID) throws(Violation) -> Link {
        guard let link = links.first(where: { $0.id == id }) else {
            throw Violation("an effect names a connection that has ended: \(id)")
        }
        return link
    }

    // MARK: - Bytes

    /// Gives the broker some of what is under way, cut anywhere.
    func deliver(_ link: Link) throws {
        guard !link.isClosedByBroker else { return try take(link) }
        guard !link.isPaused, !link.outgoing.isEmpty else { return }
        let most = link.outgoing.count
        let count = chance(60) ? most : Int.random(in: 1...most, using: &random)
        let portion = Array(link.outgoing.prefix(count))
        link.outgoing.removeFirst(count)
        if link.phase == .greeting, link.outgoing.isEmpty, link.greetedAt == nil { link.greetedAt = now }
        broker.received(portion.span.bytes, from: link.id, at: now)
        try perform()
        if link.isClosedByBroker { link.client.faults += 1 }
        // The goodbye was read, and with it the will is gone.
        if link.isClosedByBroker, link.outgoing.isEmpty, link.takesWillBack, let will = link.will {
            book[will].isRevoked = true
        }
    }

    /// Takes what the broker has for a client, and ends the connection if that was the last of it.
    func take(_ link: Link) throws {
        if link.hasOutput {
            link.hasOutput = false
            var output: [UInt8] = []
            broker.takeOutput(of: link.id) { bytes in output = bytes.withUnsafeBytes { Array($0) } }
            try demand(output.count <= limits.openOutbox + limits.openPacket, "output is bounded: \(output.count)")
            link.incoming += output
            try perform()
            try read(link)
        }
        if link.isClosedByBroker, !link.hasOutput { try end(link, .asked) }
    }

    /// The socket is gone.
    func end(_ link: Link, _ how: ConnectionEnd) throws {
        note("\(link.client.name) ended: \(how)")
        if how != .asked, !link.isClosedByBroker, link.willDelay == 0 || link.expiry == 0 { fireWill(of: link) }
        try sessionDetached(link)
        broker.ended(link.id, how, at: now)
        delayWill(of: link)
        links.removeAll { $0 === link }
        if link.client.link === link { link.client.link = nil }
        try perform()
    }

    /// From now on the session's time runs; or nobody outside can tell whose session it is.
    private func sessionDetached(_ link: Link) throws {
        guard !link.isRefused else { return }
        let client = link.client
        if link.isAbandoned || link.isRevoked || link.phase == .greeting {
            client.isUncertain = true
        } else if link.expiry == 0 {
            client.session = nil
        } else {
            client.session?.expiresAt = (link.closedAt ?? now).wall + link.expiry * 1_000
        }
    }
}
