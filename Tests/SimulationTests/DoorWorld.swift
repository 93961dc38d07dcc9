import AdminProtocol
import MQTT
import TestSupport

@testable import BrokerCore

/// The street before the broker's door: good workers, clumsy ones, thieves, whoever has no papers, and the silent, who
/// share addresses and certificates, all from one seed. [T-02, T-22, T-31, T-72]
///
/// What the broker does is compared with a book that is kept by other means: who is heard, who is not, and every count.
final class DoorWorld: SeededWorld {
    /// What happened at least once, so that a test can tell whether it was about anything.
    enum Sight: String, CaseIterable {
        case waited, noSeat, hungUp, tooManyStrangers, tooManyOfPlace, tooManyFailures
        case letIn, refused, fault, penalisedAtOnce, penalisedLater, penaltyServed, turnedAway, kept, overflow, stopped
    }

    let limits: Limits
    /// Whether there is room to remember everybody; otherwise the book knows more than the broker.
    let isRoomy: Bool
    var random: SeededRandom
    var broker: Broker
    var now = Moment(nanoseconds: 1_000_000_000_000, wall: 1_763_812_800_000)
    var book: DoorBook
    var visitors: [Visitor] = []
    var calls: [Call] = []
    /// Those who were asked to wait outside.
    var outside: [(guest: Int32, visitor: Visitor)] = []
    /// The number of whoever came last.
    var guests: Int32 = 0
    var seen: Set<Sight> = []
    private(set) var step = 0
    var trail: [String] = []

    init(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        isRoomy = seed % 4 != 0
        var limits = Limits()
        limits.connectDeadline = 1_500
        (limits.strangers, limits.strangersPerSource) = (24, 8)
        (limits.strangersAtOnce, limits.introductions, limits.waitingAtDoor) = (3, 2, 4)
        limits.failuresPerSource = [4, 40, 1_000].randomElement(using: &random) ?? 4
        limits.failuresPerSecond = 4
        (limits.failuresPerIdentity, limits.longestPenalty, limits.failureMemory) = (3, 8_000, 20_000)
        (limits.penalised, limits.penaltyPatience) = ([1, 2].randomElement(using: &random) ?? 1, 3_000)
        if !isRoomy { (limits.sources, limits.identities) = (4, 3) }
        self.limits = limits
        self.random = random
        book = DoorBook(limits)
        broker = Broker(configuration: BrokerConfiguration(instance: "\(seed)", limits: limits), at: now)
        populate()
    }

    func run(steps: Int) throws(Violation) {
        for _ in 0..<steps {
            step += 1
            try stepOnce()
            if step.isMultiple(of: 4) { try checkCounts() }
        }
        try everybodyGoes()
    }

    private func stepOnce() throws(Violation) {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<30:
            // Who fails is back at once.
            let some = chance(40) ? visitors.filter { $0.manner == .clumsy || $0.manner == .thief } : visitors
            if let visitor = pick(some) { try come(visitor) }
        case 30..<40: try callIn()
        case 40..<70:
            let some = chance(60) ? calls.filter { $0.visitor.manner != .dumb } : calls
            if let call = pick(some) { try goOn(call) }
        case 70..<98: try pass(milliseconds: Int64.random(in: 1...60, using: &random))
        default: try pass(milliseconds: Int64.random(in: 100...4_000, using: &random))
        }
    }

    // MARK: Effects

    /// Does what the broker asks for, and sees that it asks for nothing that cannot be.
    func perform() throws(Violation) {
        while broker.hasEffects {
            let effects = broker.effects
            broker.effects.removeAll()
            try demand(effects.handOvers.isEmpty && effects.wills.isEmpty, "nobody said anything that is to be kept")
            for id in effects.writes { try read(try call(id)) }
            for reading in effects.readings {
                switch reading {
                case .pause(let id):
                    let call = try call(id)
                    try demand(
                        !call.isPaused && !call.isClosed, "\(call.visitor.name) is paused once, and before its end")
                    call.isPaused = true
                case .resume(let id):
                    throw Violation("\(try call(id).visitor.name) is read again, and had said its last")
                }
            }
            for id in effects.closes {
                let call = try call(id)
                try demand(!call.isClosed, "\(call.visitor.name) is closed once")
                try read(call)
                call.isClosed = true
                if case .penalised = call.phase { try checkPenalty(of: call) }
                call.phase = .leaving
                // Some are slow to go.
                if chance(80) { try end(call, .asked) }
            }
        }
    }

    private func call(_ id: ConnectionID) throws(Violation) -> Call {
        guard let call = calls.first(where: { $0.id == id }) else {
            throw Violation("an effect names a connection that has ended: \(id)")
        }
        return call
    }

    /// Takes what the broker says: one CONNACK, and a goodbye only to whom it let in.
    private func read(_ call: Call) throws(Violation) {
        guard let id = call.id else { return }
        var bytes: [UInt8] = []
        broker.takeOutput(of: id) { bytes = $0.copy(0..<$0.byteCount) }
        do {
            while let header = try FixedHeader.parse(bytes.span.bytes), header.length <= bytes.count {
                let whole = Array(bytes.prefix(header.length))
                bytes.removeFirst(header.length)
                try demand(!call.isClosed, "\(call.visitor.name) is told nothing after its end")
                switch try Packet.decode(whole.span.bytes, version: call.visitor.version) {
                case .connAck(let answer):
                    try demand(call.answer == nil, "\(call.visitor.name) has one CONNACK")
                    call.answer = answer.reason
                case .disconnect:
                    try demand(call.answer == .success, "a goodbye to \(call.visitor.name), who was not let in")
                default: throw Violation("\(call.visitor.name) is told what it never asked for")
                }
            }
        } catch let violation as Violation {
            throw violation
        } catch {
            throw Violation("\(call.visitor.name) is told what is no packet")
        }
        try demand(bytes.isEmpty, "\(call.visitor.name) is told half a packet")
    }

    // MARK: Ends

    /// The socket is gone: who had not introduced itself has failed, and its place with it.
    func end(_ call: Call, _ how: ConnectionEnd) throws(Violation) {
        guard calls.contains(where: { $0 === call }) else { return }
        calls.removeAll { $0 === call }
        leaveDoor(call)
        guard let id = call.id else { return }
        broker.ended(id, how, at: now)
        try perform()
    }

    func leaveDoor(_ call: Call) {
        guard call.isStranger else { return }
        call.isStranger = false
        book.left(call.visitor.place.pace, at: now.nanoseconds)
    }

    // MARK: Time

    func pass(milliseconds: Int64) throws(Violation) {
        now = now.advanced(byMilliseconds: milliseconds)
        broker.elapsed(at: now)
        try perform()
        for call in calls {
            switch call.phase {
            case .penalised(let by):
                try demand(now.nanoseconds < by, "\(call.visitor.name) is told in time that it failed too often")
            case .kept(let until): if until <= now.nanoseconds { calls.removeAll { $0 === call } }
            case .entered, .stranger, .connected, .leaving: break
            }
        }
    }

    func checkPenalty(of call: Call) throws(Violation) {
        let expected: ReasonCode = call.visitor.version == .v5 ? .connectionRateExceeded : .serverUnavailable
        try demand(call.answer == expected, "\(call.visitor.name) is told that it failed too often")
    }
}
