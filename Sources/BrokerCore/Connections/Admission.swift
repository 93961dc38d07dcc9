/// Who may stand at the door before anybody knows who it is: asked for every socket, before TLS. [T-02, T-22, SD-7]
///
/// An address holds a bounded number of sockets that have not said CONNECT, and those that came to nothing slow it down.
/// Who is let in costs its address nothing: a storm of good workers is never held up here.
package struct Admission {
    package enum Refusal: String, Equatable, Sendable, CaseIterable {
        case strangers = "too many connections without CONNECT"
        case strangersOfSource = "too many connections without CONNECT from this address"
        case failures = "too many failed connections from this address"

        /// In one word, for figures.
        var name: String {
            switch self {
            case .strangers: "strangers"
            case .strangersOfSource: "strangers_of_address"
            case .failures: "failures_of_address"
            }
        }
    }

    private struct Entry {
        var strangers = 0
        /// When the last of its failures will be forgiven, by `Moment.nanoseconds`.
        var forgiven: Int64 = 0
    }

    private let limits: Limits
    private var entries: [Source: Entry] = [:]
    private var nextSweep = Int64.min
    private(set) var strangers = 0
    /// Sockets turned away here since the start.
    private(set) var refused: [Refusal: Int64] = [:]

    init(_ limits: Limits) {
        self.limits = limits
    }

    /// Nil if the socket may come in; it is a stranger then, until it is `introduced` or has `left`.
    mutating func refusal(of source: Source, at now: Moment) -> Refusal? {
        let source = place(of: source, at: now)
        let entry = entries[source] ?? Entry()
        if let refusal = refusal(of: entry, at: now) {
            refused[refusal, default: 0] += 1
            return refusal
        }
        entries[source, default: entry].strangers += 1
        strangers += 1
        return nil
    }

    private func refusal(of entry: Entry, at now: Moment) -> Refusal? {
        if strangers >= limits.strangers { return .strangers }
        if entry.strangers >= limits.strangersPerSource { return .strangersOfSource }
        let most = Int64(limits.failuresPerSource) * costOfFailure
        return entry.forgiven - now.nanoseconds >= most ? .failures : nil
    }

    /// CONNECT was accepted.
    mutating func introduced(_ source: Source) {
        leave(source, failedAt: nil)
    }

    /// The socket has ended before it was introduced.
    mutating func left(_ source: Source, at now: Moment) {
        leave(source, failedAt: now)
    }

    private mutating func leave(_ source: Source, failedAt now: Moment?) {
        let source = entries[source] == nil ? Source.others : source
        guard var entry = entries[source], entry.strangers > 0 else { return }
        entry.strangers -= 1
        strangers -= 1
        if let now { entry.forgiven = max(entry.forgiven, now.nanoseconds) + costOfFailure }
        entries[source] = entry.strangers == 0 && entry.forgiven == 0 ? nil : entry
    }

    private var costOfFailure: Int64 { 1_000_000_000 / Int64(max(1, limits.failuresPerSecond)) }

    /// The entry to use: its own, or the one of all for whom there is no room.
    private mutating func place(of source: Source, at now: Moment) -> Source {
        guard entries[source] == nil, entries.count >= limits.sources else { return source }
        guard source != .others else { return source }
        // Who has nothing to be forgiven is forgotten; looked for once a second, because a flood would ask for each.
        if now.nanoseconds >= nextSweep {
            nextSweep = now.nanoseconds + 1_000_000_000
            entries = entries.filter { $0.value.strangers > 0 || $0.value.forgiven > now.nanoseconds }
        }
        return entries.count >= limits.sources ? .others : source
    }
}
