import AdminProtocol

/// What the console watches; the raw value is the name of the watch.
enum Feed: String, Hashable, Sendable, CaseIterable {
    case overview
    case pools
    case workers
    case worker
    case topics
    case denials
    case events
    case log
    /// Beside another view: pools by attention, workers by attention, newest events, ended connections, denials.
    case sidePools = "side.pools"
    case sideWorkers = "side.workers"
    case sideEvents = "side.events"
    case sideEnded = "side.ended"
    case sideDenials = "side.denials"

    var watched: Watched {
        switch self {
        case .overview: .overview
        case .pools, .sidePools: .pools
        case .workers, .sideWorkers: .workers
        case .worker: .worker
        case .topics: .topics
        case .denials, .sideDenials: .denials
        case .events, .sideEvents, .sideEnded: .events
        case .log: .log
        }
    }

    /// Newest first by nature: new rows come in at the top at once, and the cursor there follows them.
    var isTimeline: Bool {
        switch self {
        case .events, .log, .sideEvents, .sideEnded: true
        case .overview, .pools, .workers, .worker, .topics, .denials, .sidePools, .sideWorkers, .sideDenials: false
        }
    }

    /// Nothing a person reads changes faster than this.
    var interval: Milliseconds {
        switch self {
        case .log, .events, .sideEvents: 500
        case .overview, .pools, .workers, .worker, .topics, .denials, .sidePools, .sideWorkers, .sideDenials: 1000
        case .sideEnded: 5000
        }
    }
}

/// One watch as the broker keeps it for this console.
struct OpenWatch: Equatable, Sendable {
    var query: WatchQuery
    /// The number of the last message taken in; absent until the first snapshot, and after a gap.
    var sequence: Int?
    /// What the snapshot and the deltas since have made.
    var document: JSON?
}
