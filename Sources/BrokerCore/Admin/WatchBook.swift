import AdminProtocol

/// The windows that are being watched; each belongs to a connection and ends with it.
///
/// A watch begins with a snapshot and goes on with deltas. Nothing is made while nobody watches, and nothing is sent
/// while nothing changed.
struct WatchBook {
    private struct Watch {
        var window: Window
        /// In nanoseconds.
        var interval: Int64
        var dueAt: Int64
        var seq = 0
        /// What the watcher has; nil asks for a snapshot.
        var shown: JSON?
    }

    /// More windows than any view has panes.
    static let perConnection = 16

    private var watches: [ConnectionID: [String: Watch]] = [:]

    var isEmpty: Bool { watches.isEmpty }

    func has(_ name: String, of connection: ConnectionID) -> Bool { watches[connection]?[name] != nil }

    /// Opens a watch, or moves the one of that name to another window, and makes its snapshot.
    mutating func open(
        _ query: WatchQuery, of connection: ConnectionID, _ look: Look
    ) throws(AdminError) -> [AdminDesk.Deed] {
        guard (1...32).contains(query.watch.utf8.count) else {
            throw AdminError(.badArgument, "a watch's name has 1 to 32 bytes", field: "args.watch")
        }
        let interval = query.intervalMs ?? 1_000
        guard (100...60_000).contains(interval) else {
            throw AdminError(.badArgument, "interval_ms must be from 100 to 60000", field: "args.interval_ms")
        }
        let window: Window
        do {
            window = try Window(query.what, query.query ?? ListQuery())
        } catch {
            throw error.within("args.query")
        }
        var own = watches[connection] ?? [:]
        guard own[query.watch] != nil || own.count < WatchBook.perConnection else {
            let words = "at most \(WatchBook.perConnection) watches per connection"
            throw AdminError(.unavailable, words, field: "args.watch")
        }
        var watch = Watch(window: window, interval: interval * 1_000_000, dueAt: look.now.nanoseconds)
        // One sequence for the name: what of the old window is still on its way cannot be taken for the new one's.
        watch.seq = own[query.watch]?.seq ?? 0
        if query.what == .worker, try window(look) == nil {
            throw AdminError(.notFound, "no such worker is known", field: "args.query.worker")
        }
        let push = WatchBook.push(query.watch, &watch, look)
        own[query.watch] = watch
        watches[connection] = own
        return push.map { [.push(connection, $0, watch: query.watch)] } ?? []
    }

    mutating func close(_ name: String, of connection: ConnectionID) -> Bool {
        guard watches[connection]?.removeValue(forKey: name) != nil else { return false }
        if watches[connection]?.isEmpty == true { watches[connection] = nil }
        return true
    }

    mutating func close(all connection: ConnectionID) { watches[connection] = nil }

    /// A push did not reach the watcher: it sees a gap in the sequence, and a snapshot after it.
    mutating func missed(_ connection: ConnectionID, watch name: String) { watches[connection]?[name]?.shown = nil }

    /// What is due now, in the order of connections and names.
    mutating func due(_ look: Look) -> [AdminDesk.Deed] {
        if watches.isEmpty { return [] }
        var deeds: [AdminDesk.Deed] = []
        for connection in watches.keys.sorted(by: { ($0.slot, $0.generation) < ($1.slot, $1.generation) }) {
            for name in (watches[connection] ?? [:]).keys.sorted() {
                guard var watch = watches[connection]?[name], look.now.nanoseconds >= watch.dueAt else { continue }
                if let push = WatchBook.push(name, &watch, look) { deeds.append(.push(connection, push, watch: name)) }
                watches[connection]?[name] = watch
            }
        }
        return deeds
    }

    /// Nil if the watcher has it already.
    private static func push(_ name: String, _ watch: inout Watch, _ look: Look) -> [UInt8]? {
        watch.dueAt = look.now.nanoseconds &+ watch.interval
        guard let window = try? watch.window(look) else { return nil }
        var message = StreamMessage(watch: name, at: look.now.wall)
        if let shown = watch.shown {
            let delta = shown.delta(to: window)
            guard delta != .unchanged else { return nil }
            message.delta = delta
        } else {
            message.snapshot = window
        }
        watch.seq += 1
        watch.shown = window
        message.seq = watch.seq
        return message.bytes
    }
}
