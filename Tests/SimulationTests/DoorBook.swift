import BrokerCore

/// What those at the door have done, in a book of its own: who has to be heard, and what has to be counted. [T-22]
struct DoorBook {
    /// Who fails: papers, id and place, all three.
    struct Identity: Hashable {
        let fingerprint: String
        let clientID: [UInt8]
        let pace: String
    }

    private struct Record {
        var failures = 0
        var deafUntil = Int64.min
        var forgottenAt = Int64.min
        /// Until when one of its sockets waits.
        var keptUntil = Int64.min
    }

    let limits: Limits
    private(set) var strangers: [String: Int] = [:]
    private(set) var refused: [Admission.Refusal: Int64] = [:]
    private(set) var denied: [String: Int64] = [:]
    /// When the last failure of a place will be forgiven.
    private var forgiven: [String: Int64] = [:]
    /// When those of a place introduced themselves.
    private var introductions: [String: [Int64]] = [:]
    private var records: [Identity: Record] = [:]
    /// How often each failed, whatever was forgiven.
    private(set) var failuresEver: [Identity: Int] = [:]

    init(_ limits: Limits) {
        self.limits = limits
    }

    var allStrangers: Int { strangers.values.reduce(0, +) }

    // MARK: The door

    mutating func entered(_ pace: String) { strangers[pace, default: 0] += 1 }

    mutating func introduced(_ pace: String, at now: Int64) {
        strangers[pace, default: 0] -= 1
        introductions[pace, default: []].append(now)
    }

    /// Who had gone before it was let in has not failed.
    mutating func hungUp(_ pace: String) { strangers[pace, default: 0] -= 1 }

    mutating func left(_ pace: String, at now: Int64) {
        strangers[pace, default: 0] -= 1
        forgiven[pace] = max(forgiven[pace] ?? 0, now) + 1_000_000_000 / Int64(limits.failuresPerSecond)
    }

    mutating func refused(_ refusal: Admission.Refusal) { refused[refusal, default: 0] += 1 }

    mutating func denied(_ rule: String) { denied[rule, default: 0] += 1 }

    /// Whether its place has failed as often as it may.
    func isSpent(_ pace: String, at now: Int64) -> Bool {
        let most = Int64(limits.failuresPerSource) * (1_000_000_000 / Int64(limits.failuresPerSecond))
        return (forgiven[pace] ?? 0) - now >= most
    }

    /// Whether somebody of that place was let in just now.
    func moves(_ pace: String, at now: Int64) -> Bool {
        introductions[pace, default: []].contains { now - $0 <= 200_000_000 }
    }

    // MARK: Identities

    func isDeaf(to identity: Identity?, at now: Int64) -> Bool { rest(of: identity, at: now) > 0 }

    /// Nanoseconds for which it is not heard.
    func rest(of identity: Identity?, at now: Int64) -> Int64 {
        guard let identity, let record = records[identity] else { return 0 }
        return record.deafUntil > now ? record.deafUntil - now : 0
    }

    mutating func failed(_ identity: Identity?, at now: Int64) {
        guard let identity else { return }
        failuresEver[identity, default: 0] += 1
        var record = records[identity] ?? Record()
        guard record.deafUntil <= now else { return }
        if record.forgottenAt <= now { record.failures = 0 }
        record.failures += 1
        var until = now
        if record.failures >= limits.failuresPerIdentity {
            var penalty: Int64 = 1_000
            for _ in limits.failuresPerIdentity..<record.failures { penalty = min(2 * penalty, limits.longestPenalty) }
            until += min(penalty, limits.longestPenalty) * 1_000_000
            record.deafUntil = until
        }
        record.forgottenAt = until + limits.failureMemory * 1_000_000
        records[identity] = record
    }

    /// A socket of `identity` is to wait; false if one waits already.
    mutating func keeps(_ identity: Identity, until: Int64, at now: Int64) -> Bool {
        guard let record = records[identity], record.keptUntil <= now else { return false }
        records[identity]?.keptUntil = until
        return true
    }
}
