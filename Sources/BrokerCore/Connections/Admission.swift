/// Who may stand at the door before anybody knows who it is: asked for every socket, before TLS. [T-02, T-22, SD-7]
///
/// An address holds a bounded number of sockets that have not said CONNECT, and those that came to nothing slow it down.
/// Who is let in costs its address nothing. A storm of good workers is let in as fast as they introduce themselves: the
/// others wait rather than be sent away, or be let in and then run into their deadline; those of other addresses do not
/// wait with them. [T-72]
///
/// That stands in the place of a bucket of tokens. A rate set beforehand is too high for one machine and too low for
/// another, and whoever is sent away dials again at once; what is done is a measure that fits every machine. Nobody is
/// sent away because he has waited long either: the next one would wait as long, and whoever has no more patience hangs
/// up, which costs nothing.
package struct Admission {
    package enum Verdict: Equatable, Sendable {
        case enter
        /// It has a place in the waiting room, until `called` names it.
        case wait
        case refuse(Refusal)
    }

    /// What becomes of one who had to wait, by the server's number.
    package struct Call: Equatable, Sendable {
        package let guest: Int32
        package let source: Source
        package let verdict: Verdict
    }

    package enum Refusal: String, Equatable, Sendable, CaseIterable {
        case strangers = "too many connections without CONNECT"
        case strangersOfSource = "too many connections without CONNECT from this address"
        case failures = "too many failed connections from this address"
        case waiting = "too many connections from this address wait to be let in"

        /// In one word, for figures.
        var name: String {
            switch self {
            case .strangers: "strangers"
            case .strangersOfSource: "strangers_of_address"
            case .failures: "failures_of_address"
            case .waiting: "waiting_of_address"
            }
        }
    }

    private struct Entry {
        var strangers = 0
        /// When the last of its failures will be forgiven, by `Moment.nanoseconds`.
        var forgiven: Int64 = 0
        /// Those who introduced themselves in a tenth of a second, and in the one before.
        var introductions = (slice: Int64.min / 2, count: 0, former: 0)

        mutating func introduced(at now: Moment) {
            let slice = Entry.slice(of: now)
            if slice != introductions.slice {
                introductions.former = slice == introductions.slice + 1 ? introductions.count : 0
                (introductions.slice, introductions.count) = (slice, 0)
            }
            introductions.count += 1
        }

        /// Whether at least so many introduced themselves just now, so that room is made by itself.
        func moves(by least: Int, at now: Moment) -> Bool {
            let slice = Entry.slice(of: now)
            if slice == introductions.slice, introductions.count >= least { return true }
            // The slice has just begun: the last one counts.
            let former = slice == introductions.slice ? introductions.former : introductions.count
            return slice - introductions.slice <= 1 && former >= least
        }

        private static func slice(of now: Moment) -> Int64 { now.nanoseconds / 100_000_000 }
    }

    private let limits: Limits
    private typealias Entries = [Source: Entry]

    /// Looked up once for each thing that happens: hashing is most of what a socket costs here.
    private var entries: Entries = [:]
    private var nextSweep = Int64.min
    private var room: WaitingRoom
    private(set) var strangers = 0
    /// Sockets turned away here since the start.
    private(set) var refused: [Refusal: Int64] = [:]

    init(_ limits: Limits) {
        self.limits = limits
        room = WaitingRoom(places: limits.waitingAtDoor)
    }

    /// On one who comes now, while there is room for so many sockets more. Nobody overtakes those of his address.
    mutating func verdict(on source: Source, as guest: Int32, leaving free: Int, at now: Moment) -> Verdict {
        let verdict = room.count(of: source) > 0 ? .wait : verdict(on: source, at: now)
        guard verdict == .wait, !room.seat(guest, of: source, leaving: free) else { return verdict }
        refused[.waiting, default: 0] += 1
        return .refuse(.waiting)
    }

    /// Those who have waited and do so no longer, in the order in which they are let in.
    mutating func called(at now: Moment) -> [Call] {
        // Set apart for the moment: it asks for verdicts.
        var room = WaitingRoom(places: 0)
        swap(&room, &self.room)
        defer { self.room = room }
        return room.call { source in
            let verdict = verdict(on: source, at: now)
            return verdict == .wait ? nil : verdict
        }.map { Call(guest: $0.guest, source: $0.source, verdict: $0.verdict) }
    }

    /// Who may enter is a stranger then, until it is `introduced`, or has `left` or hung up.
    mutating func verdict(on source: Source, at now: Moment) -> Verdict {
        let (source, place) = entry(for: source, at: now)
        let verdict = verdict(on: place.map { entries.values[$0] } ?? Entry(), at: now)
        switch verdict {
        case .enter:
            if let place {
                entries.values[place].strangers += 1
            } else {
                entries[source] = Entry(strangers: 1)
            }
            strangers += 1
        case .wait: break
        case .refuse(let refusal): refused[refusal, default: 0] += 1
        }
        return verdict
    }

    private func verdict(on entry: Entry, at now: Moment) -> Verdict {
        let most = Int64(limits.failuresPerSource) * costOfFailure
        guard entry.forgiven - now.nanoseconds < most else { return .refuse(.failures) }
        let isFull = strangers >= limits.strangers
        let isFullForSource = entry.strangers >= limits.strangersPerSource
        // Only an address that itself moves is waited for: the silence of one never holds up another.
        if isFull || entry.strangers >= min(limits.strangersAtOnce, limits.strangersPerSource),
            entry.moves(by: limits.introductions, at: now)
        {
            return .wait
        }
        if isFull { return .refuse(.strangers) }
        return isFullForSource ? .refuse(.strangersOfSource) : .enter
    }

    /// Addresses that are remembered, and one for all others.
    var count: Int { entries.count }

    /// CONNECT was accepted.
    mutating func introduced(_ source: Source, at now: Moment) {
        guard let place = entry(of: source) else { return }
        entries.values[place].introduced(at: now)
        leave(place, failedAt: nil)
    }

    /// The socket has ended before it was introduced.
    mutating func left(_ source: Source, at now: Moment) {
        guard let place = entry(of: source) else { return }
        leave(place, failedAt: now)
    }

    /// It had gone before it was let in: that costs its address nothing.
    mutating func hungUp(_ source: Source) {
        guard let place = entry(of: source) else { return }
        leave(place, failedAt: nil)
    }

    private mutating func leave(_ place: Entries.Index, failedAt now: Moment?) {
        var entry = entries.values[place]
        guard entry.strangers > 0 else { return }
        entry.strangers -= 1
        strangers -= 1
        if let now { entry.forgiven = max(entry.forgiven, now.nanoseconds) + costOfFailure }
        if entry.strangers == 0, entry.forgiven == 0 {
            entries.remove(at: place)
        } else {
            entries.values[place] = entry
        }
    }

    private var costOfFailure: Int64 { 1_000_000_000 / Int64(max(1, limits.failuresPerSecond)) }

    /// Where a stranger stands: in an entry of its own, or in the one of all for whom there was no room.
    ///
    /// An address may have entered as one of those, and have an entry of its own since: they leave from where some stand.
    private func entry(of source: Source) -> Entries.Index? {
        if let own = entries.index(forKey: source), entries.values[own].strangers > 0 { return own }
        return entries.index(forKey: .others)
    }

    /// Under whom to enter it, and where that one stands if it is there already.
    private mutating func entry(for source: Source, at now: Moment) -> (source: Source, place: Entries.Index?) {
        if let place = entries.index(forKey: source) { return (source, place) }
        guard entries.count >= limits.sources, source != .others else { return (source, nil) }
        // Who has nothing to be forgiven is forgotten; looked for once a second, because a flood would ask for each.
        if now.nanoseconds >= nextSweep {
            nextSweep = now.nanoseconds + 1_000_000_000
            entries = entries.filter { $0.value.strangers > 0 || $0.value.forgiven > now.nanoseconds }
        }
        guard entries.count >= limits.sources else { return (source, nil) }
        return (.others, entries.index(forKey: .others))
    }
}
