import MQTT

/// Who failed again and again, and how long it is not heard for that. [T-22]
///
/// An identity is what a certificate proves, with the client id it claims and the address it comes from: all three, or
/// somebody could fail in another's name. Workers beside it, behind the same address or in the same pool, pay nothing
/// for it, and neither does a worker whose id somebody else claims elsewhere. What proves nothing has no identity: that
/// is only held to its address's pace, as it has to be before TLS. [T-31]
struct Penalties {
    struct Identity: Hashable {
        private let fingerprint: String
        private let clientID: [UInt8]
        private let source: Source

        /// No worker's id is as long; longer ones that begin alike are one, for nobody may fill the memory with names.
        private static let longest = 64

        /// Nil for who shows no certificate, and for operators, who come from nowhere: they are heard when it matters.
        init?(fingerprint: String?, clientID: [UInt8], source: Source?) {
            guard let fingerprint, let source else { return nil }
            self.fingerprint = fingerprint
            self.clientID = Array(clientID.prefix(Identity.longest))
            self.source = source
        }

        init?(_ peer: Peer, _ clientID: ClientID) {
            self.init(fingerprint: peer.fingerprint, clientID: clientID.bytes, source: peer.source)
        }
    }

    private struct Entry {
        var failures = 0
        /// All by `Moment.nanoseconds`.
        var deafUntil = Int64.min
        var forgottenAt = Int64.min
        /// Until when one of its sockets is kept waiting.
        var keptUntil = Int64.min
    }

    private let limits: Limits
    private var entries: [Identity: Entry] = [:]
    private var nextSweep = Int64.min
    /// When the sockets that are kept waiting are let go.
    private var kept: [Int64] = []

    var count: Int { entries.count }

    init(_ limits: Limits) {
        self.limits = limits
    }

    /// How long it is not heard yet, in milliseconds; zero if it is.
    func rest(of identity: Identity, at now: Moment) -> Int64 {
        guard let entry = entries[identity], entry.deafUntil > now.nanoseconds else { return 0 }
        return (entry.deafUntil - now.nanoseconds + 999_999) / 1_000_000
    }

    /// It failed, of its own fault: after a few times it is not heard for a second, then for two, four and so on.
    ///
    /// What it tries in the meantime changes nothing, so that it is heard again in time.
    mutating func failed(_ identity: Identity, at now: Moment) {
        var entry = entries[identity].flatMap { $0.forgottenAt > now.nanoseconds ? $0 : nil } ?? Entry()
        guard entry.deafUntil <= now.nanoseconds, hasRoom(for: identity, at: now) else { return }
        entry.failures += 1
        if entry.failures >= limits.failuresPerIdentity {
            let doublings = min(entry.failures - limits.failuresPerIdentity, 32)
            let penalty = min(1_000 << Int64(doublings), limits.longestPenalty)
            entry.deafUntil = now.nanoseconds + penalty * 1_000_000
        }
        entry.forgottenAt = max(entry.deafUntil, now.nanoseconds) + limits.failureMemory * 1_000_000
        entries[identity] = entry
    }

    /// How long its socket is to wait for the answer, in milliseconds; zero if it is to be answered at once.
    ///
    /// Most who fail again and again dial as soon as they are refused: a socket that waits keeps them from another TLS
    /// handshake. One of an identity and a few in all, or waiting would be the next thing to run out of.
    mutating func patience(for identity: Identity, at now: Moment) -> Int64 {
        let rest = min(rest(of: identity, at: now), limits.penaltyPatience)
        guard rest > 0, let entry = entries[identity], entry.keptUntil <= now.nanoseconds else { return 0 }
        if kept.count >= limits.penalised { kept.removeAll { $0 <= now.nanoseconds } }
        guard kept.count < limits.penalised else { return 0 }
        let until = now.nanoseconds + rest * 1_000_000
        kept.append(until)
        entries[identity]?.keptUntil = until
        return rest
    }

    /// A full table penalises nobody new, rather than forget the others: their addresses still pay for them.
    private mutating func hasRoom(for identity: Identity, at now: Moment) -> Bool {
        guard entries[identity] == nil, entries.count >= limits.identities else { return true }
        // Once a second, because a flood would ask for each.
        guard now.nanoseconds >= nextSweep else { return false }
        nextSweep = now.nanoseconds + 1_000_000_000
        entries = entries.filter { $0.value.forgottenAt > now.nanoseconds }
        return entries.count < limits.identities
    }
}
