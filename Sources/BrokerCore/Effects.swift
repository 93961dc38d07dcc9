import AdminProtocol

/// What should happen in the world after the events of one tick.
///
/// One buffer, used again and again: the server reads it, does what it says, and calls `removeAll`.
package struct Effects: Equatable, Sendable {
    package enum Reading: Equatable, Sendable {
        case pause(ConnectionID)
        case resume(ConnectionID)
    }

    /// Connections with output waiting; each once. Take it with `Broker.takeOutput`.
    package var writes: [ConnectionID] = []
    /// Connections to close once what they have waiting is written.
    package var closes: [ConnectionID] = []
    /// Connections to end at once, whatever their sockets have not taken.
    package var aborts: [ConnectionID] = []
    package var readings: [Reading] = []
    /// For the durable queue, in the order of their tickets.
    package var handOvers: [HandOver] = []
    /// What is to be written down of wills, in this order; `Broker.willsKept` says how far that is done.
    package var wills: [WillDeed] = []
    package var lines: [LogLine] = []
    /// Set when the log level in force changed, so that the server's own lines follow it.
    package var logLevel: LogLevel?

    package init() {}

    package var isEmpty: Bool {
        writes.isEmpty && closes.isEmpty && aborts.isEmpty && readings.isEmpty && handOvers.isEmpty && wills.isEmpty
            && lines.isEmpty && logLevel == nil
    }

    package mutating func removeAll() {
        writes.empty()
        closes.empty()
        aborts.empty()
        readings.empty()
        handOvers.empty()
        wills.empty()
        lines.empty()
        logLevel = nil
    }
}

extension Array {
    /// Keeps its room. Most of them are empty already, which is asked for less than it costs to empty them again.
    @inline(__always)
    fileprivate mutating func empty() {
        if !isEmpty { removeAll(keepingCapacity: true) }
    }
}
