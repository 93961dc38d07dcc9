import BrokerCore
import MQTT

/// What visitors do, and what has to come of it.
extension DoorWorld {
    /// A visitor comes to the door, if it has not as many sockets as it wants.
    func come(_ visitor: Visitor) throws(Violation) {
        let present = calls.count { $0.visitor === visitor } + outside.count { $0.visitor === visitor }
        guard present < visitor.most else { return }
        try knock(visitor)
    }

    /// The door let it in; who it is shows itself later.
    func enter(_ visitor: Visitor) throws(Violation) {
        let call = Call(visitor)
        calls.append(call)
        if call.isStranger { book.entered(visitor.place.pace) }
        if visitor.manner == .unrecognised { return }
        call.phase = .stranger
        let id = broker.accepted(
            Peer(
                listener: visitor.listener, principal: visitor.principal, address: visitor.place.address,
                fingerprint: visitor.fingerprint, source: visitor.place.source, acceptedAt: now), at: now)
        try demand(!calls.contains { $0.id == id }, "a connection's name is given twice")
        call.id = id
        try perform()
    }

    func goOn(_ call: Call) throws(Violation) {
        switch call.phase {
        case .entered: try turnAway(call)
        case .stranger:
            switch call.visitor.manner {
            case .dumb where chance(80), .clumsy where chance(5): return
            case .clumsy where chance(10): try end(call, .failed("reset"))
            default: try speak(call)
            }
        case .connected:
            if call.visitor.manner == .clumsy, call.visitor.place.source != nil, chance(60) { return try fault(call) }
            if chance(60) { try end(call, chance(50) ? .peerClosed : .failed("reset")) }
        case .penalised, .leaving: if chance(20) { try end(call, .peerClosed) }
        case .kept: return
        }
    }

    /// The rest of the greeting, or some of it.
    private func speak(_ call: Call) throws(Violation) {
        guard let id = call.id, !call.isClosed else { return }
        let greeting = call.greeting ?? greeting(of: call.visitor)
        if call.greeting == nil {
            call.greeting = greeting
            call.unsaid = greeting.bytes
        }
        let count = chance(70) ? call.unsaid.count : Int.random(in: 1...call.unsaid.count, using: &random)
        let portion = Array(call.unsaid.prefix(count))
        call.unsaid.removeFirst(count)
        let identity = call.visitor.identity(greeting.clientID)
        let isDeaf = book.isDeaf(to: identity, at: now.nanoseconds)
        broker.received(portion.span.bytes, from: id, at: now)
        guard call.unsaid.isEmpty else { return try perform() }
        note("\(call.visitor.name) has said its CONNECT, and is \(isDeaf ? "not " : "")to be heard")
        // What the book says first: who is not let in may be gone when the effects are done.
        let isPenalised = greeting.outcome != .closed && (isRoomy ? isDeaf : isPenalisedByBroker)
        if isPenalised { leaveDoor(call) }
        if !isPenalised, greeting.outcome == .letIn, call.isStranger {
            call.isStranger = false
            book.introduced(call.visitor.place.pace, at: now.nanoseconds)
        }
        try perform()
        try isPenalised ? checkPenalised(call, identity) : check(call, greeting, identity)
    }

    /// Without room for all the book cannot say who is not heard: the broker can, that has counted one more.
    private var isPenalisedByBroker: Bool {
        let denied = broker.statistics(at: now).denied.first { $0.name == "connect.penalty" }?.count ?? 0
        return denied > book.denied["connect.penalty"] ?? 0
    }

    /// It failed too often: it is told so now, or waits for that.
    private func checkPenalised(_ call: Call, _ identity: DoorBook.Identity?) throws(Violation) {
        book.denied("connect.penalty")
        try demand(call.visitor.manner != .good, "\(call.visitor.name) pays for another")
        guard let identity, book.failuresEver[identity] ?? 0 >= limits.failuresPerIdentity else {
            throw Violation("\(call.visitor.name) is not heard, and has not failed so often")
        }
        guard call.isPaused else {
            seen.insert(.penalisedAtOnce)
            try demand(call.isClosed, "\(call.visitor.name) is neither heard nor told so")
            return try checkPenalty(of: call)
        }
        seen.insert(.penalisedLater)
        try demand(call.answer == nil && !call.isClosed, "\(call.visitor.name) is told nothing yet")
        let rest = isRoomy ? book.rest(of: identity, at: now.nanoseconds) : limits.longestPenalty * 1_000_000
        let until = now.nanoseconds + min(rest, limits.penaltyPatience * 1_000_000)
        try demand(
            !isRoomy || book.keeps(identity, until: until, at: now.nanoseconds), "two of \(call.visitor.name) wait")
        call.phase = .penalised(by: until)
        try checkPatience()
    }

    /// Few wait at a time, of those who were heard and of those who were not.
    private func checkPatience() throws(Violation) {
        let waiting = calls.count { call in
            switch call.phase {
            case .penalised, .kept: true
            case .entered, .stranger, .connected, .leaving: false
            }
        }
        try demand(waiting <= limits.penalised, "\(waiting) sockets wait for their end")
    }

    private func check(_ call: Call, _ greeting: Greeting, _ identity: DoorBook.Identity?) throws(Violation) {
        let name = call.visitor.name
        try demand(!call.isPaused, "\(name) is not read, and has not failed so often")
        switch greeting.outcome {
        case .letIn:
            seen.insert(
                identity.flatMap { book.failuresEver[$0] } ?? 0 >= limits.failuresPerIdentity ? .penaltyServed : .letIn)
            try demand(
                call.answer == .success && !call.isClosed, "\(name) is let in, and not told \(call.answer as Any)")
            call.phase = .connected
        case .refused(let reason, let rule):
            seen.insert(.refused)
            book.denied(rule)
            book.failed(identity, at: now.nanoseconds)
            try demand(
                call.answer == reason && call.isClosed, "\(name) is told \(reason), and not \(call.answer as Any)")
        case .closed:
            try demand(call.answer != .success && call.isClosed, "\(name) said nonsense, and is heard")
        }
    }

    private func greeting(of visitor: Visitor) -> Greeting {
        let isOfWorker = visitor.listener == .workers
        switch visitor.manner {
        case .good: return .good(visitor)
        case .clumsy:
            guard chance(60) else { return .good(visitor) }
            guard isOfWorker else { return .authentication(visitor) }
            if chance(20) { return .nonsense }
            if visitor.version == .v5, chance(20) { return .authentication(visitor) }
            return chance(30) ? .wrongID(visitor, clientID("no-ulid")) : .foreignWill(visitor, topic("elsewhere"))
        case .thief: return chance(50) ? .foreignWill(visitor, topic("elsewhere")) : .retainedWill(visitor, topic("a"))
        case .unrecognised, .dumb: return .nonsense
        }
    }

    /// Let in, it breaks the rules: that is a failure as well.
    private func fault(_ call: Call) throws(Violation) {
        guard let id = call.id, !call.isClosed else { return }
        seen.insert(.fault)
        note("\(call.visitor.name) breaks the rules")
        book.failed(call.visitor.identity(call.visitor.clientID.bytes), at: now.nanoseconds)
        let nonsense: [UInt8] = [0xC0, 1, 0]
        broker.received(nonsense.span.bytes, from: id, at: now)
        try perform()
        try demand(call.isClosed, "\(call.visitor.name) breaks the rules and stays")
    }

    /// TLS found out that its papers are no good, or that it has none.
    func turnAway(_ call: Call) throws(Violation) {
        let visitor = call.visitor
        seen.insert(.turnedAway)
        leaveDoor(call)
        let identity = visitor.identity([])
        book.failed(identity, at: now.nanoseconds)
        book.denied("connect.credential")
        let patience = broker.turnedAway(
            address: visitor.place.address, from: visitor.place.source, fingerprint: visitor.fingerprint,
            reason: "nobody knows it", at: now)
        try perform()
        note("\(visitor.name) is turned away, and waits for \(patience) ms")
        guard patience > 0, let identity else {
            try demand(patience == 0, "\(visitor.name) has no name, and waits")
            return calls.removeAll { $0 === call }
        }
        seen.insert(.kept)
        let until = now.nanoseconds + patience * 1_000_000
        try demand(
            patience <= limits.penaltyPatience && book.failuresEver[identity] ?? 0 >= limits.failuresPerIdentity,
            "\(visitor.name) waits for longer than its failures are worth")
        try demand(
            !isRoomy || patience * 1_000_000 < book.rest(of: identity, at: now.nanoseconds) + 1_000_000,
            "\(visitor.name) waits for longer than it is not heard")
        try demand(!isRoomy || book.keeps(identity, until: until, at: now.nanoseconds), "two of \(visitor.name) wait")
        call.phase = .kept(until: until)
        try checkPatience()
    }

    /// It has mended its ways, and is let in.
    func comeBack(_ visitor: Visitor) throws(Violation) {
        try knock(visitor)
        guard let call = calls.last, call.visitor === visitor else { throw Violation("\(visitor.name) is shut out") }
        call.greeting = .good(visitor)
        call.unsaid = Greeting.good(visitor).bytes
        while !call.unsaid.isEmpty { try speak(call) }
        try demand(call.answer == .success, "\(visitor.name) is shut out for ever")
        try end(call, .peerClosed)
    }
}
