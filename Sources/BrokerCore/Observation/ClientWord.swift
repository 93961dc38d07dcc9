import AdminProtocol

/// What a worker's own JSON says of it; kept as bytes, so that a message that says nothing new costs no allocation.
struct ClientWord {
    enum Occupation {
        case busy
        case idle
        case drained
    }

    private(set) var busy: Bool?
    private(set) var status: [UInt8] = []
    private(set) var version: [UInt8] = []
    private(set) var run: [UInt8] = []
    /// The object as it came.
    private(set) var metadata: [UInt8] = []
    /// Its clock minus ours, from the newest message that carries one.
    private(set) var clockSkew: Milliseconds?
    /// The newest heartbeat, and the usual interval between two, in nanoseconds.
    private(set) var lastHeartbeat: Int64 = 0
    private(set) var heartbeats: Int64 = 0
    private(set) var heartbeatInterval: Int64 = 0

    /// Longer values are not what they claim to be.
    static let valueBound = 128
    static let metadataBound = 2_048

    /// What it does, by its status, else by its `busy`.
    var occupation: Occupation? { statedOccupation ?? busy.map { $0 ? .busy : .idle } }

    /// Settled when the status changes: it is asked for once a second.
    private var statedOccupation: Occupation?

    private mutating func settleOccupation() {
        switch Filter.fold(String(decoding: status, as: UTF8.self)) {
        case Array("busy".utf8): statedOccupation = .busy
        case Array("idle".utf8): statedOccupation = .idle
        case Array("drained".utf8): statedOccupation = .drained
        default: statedOccupation = nil
        }
    }

    /// Words that only the newest connection may keep: a heartbeat rhythm does not survive a reconnect.
    mutating func connected() {
        lastHeartbeat = 0
        heartbeats = 0
        heartbeatInterval = 0
    }

    mutating func learn(from payload: RawSpan, at now: Moment) {
        payload.withUnsafeBytes { learn(from: WordScanner($0), at: now) }
    }

    private mutating func learn(from scanner: WordScanner, at now: Moment) {
        var scanner = scanner
        guard scanner.enter() else { return }
        while let member = scanner.next() {
            switch member.kind {
            case .string: learnText(member, scanner, at: now)
            case .scalar: learnScalar(member, scanner, at: now)
            case .nested:
                if scanner.equals(member.key, "metadata"), member.value.count <= ClientWord.metadataBound {
                    ClientWord.keep(member.value, scanner, in: &metadata)
                }
            case .escaped: break
            }
        }
    }

    private mutating func learnText(_ member: WordScanner.Member, _ scanner: WordScanner, at now: Moment) {
        guard member.value.count <= ClientWord.valueBound else { return }
        switch member.key.count {
        case 3 where scanner.equals(member.key, "run"): ClientWord.keep(member.value, scanner, in: &run)
        case 4 where scanner.equals(member.key, "type"):
            if scanner.equals(member.value, "heartbeat") { heartbeat(at: now) }
        case 6 where scanner.equals(member.key, "status"):
            if ClientWord.keep(member.value, scanner, in: &status) { settleOccupation() }
        case 7 where scanner.equals(member.key, "version"): ClientWord.keep(member.value, scanner, in: &version)
        default: break
        }
    }

    private mutating func learnScalar(_ member: WordScanner.Member, _ scanner: WordScanner, at now: Moment) {
        switch member.key.count {
        case 3 where scanner.equals(member.key, "run"):
            if scanner.equals(member.value, "null") { run.removeAll() }
        case 4 where scanner.equals(member.key, "busy"):
            if scanner.equals(member.value, "true") { busy = true }
            if scanner.equals(member.value, "false") { busy = false }
        case 9 where scanner.equals(member.key, "timestamp"):
            if let clock = scanner.number(member.value) { clockSkew = clock - now.wall }
        default: break
        }
    }

    private mutating func heartbeat(at now: Moment) {
        if heartbeats > 0 {
            let interval = max(0, now.nanoseconds &- lastHeartbeat)
            heartbeatInterval = heartbeats == 1 ? interval : heartbeatInterval / 4 * 3 + interval / 4
        }
        heartbeats &+= 1
        lastHeartbeat = now.nanoseconds
    }

    /// Whether it said something new.
    @discardableResult
    private static func keep(_ range: Range<Int>, _ scanner: WordScanner, in word: inout [UInt8]) -> Bool {
        if scanner.equals(range, word) { return false }
        word = scanner.copy(range)
        return true
    }
}
