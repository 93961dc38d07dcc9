import AdminProtocol

/// Which windows of the broker's lists this console watches: those it shows, and no other.
extension ConsoleModel {
    /// Opens, changes and closes watches until the broker's are the ones the screen needs.
    mutating func syncWatches(at now: Timestamp) -> [ConsoleCommand] {
        // A frozen picture does not move its windows.
        guard link.isUp, frozen == nil else { return [] }
        let wanted = wantedWatches()
        var commands: [ConsoleCommand?] = []
        for feed in Feed.allCases {
            switch (watches[feed], wanted[feed]) {
            case (nil, nil): break
            case (.some, nil):
                watches[feed] = nil
                // Of one worker nothing old may be taken for what it does now.
                if feed == .worker { knowledge.forget(feed) }
                commands.append(request(.watchClose, WatchName(watch: feed.rawValue), for: .close, at: now))
            case (nil, .some(let query)):
                watches[feed] = OpenWatch(query: query)
                refusals[feed] = nil
                commands.append(request(.watchOpen, query, for: .watch(feed), at: now))
            case (.some(let open), .some(let query)):
                guard open.query != query else { break }
                if open.query.query?.subject != query.query?.subject { knowledge.forget(feed) }
                watches[feed]?.query = query
                refusals[feed] = nil
                commands.append(request(.watchSet, query, for: .watch(feed), at: now))
            }
        }
        return commands.compactMap { $0 }
    }

    private func wantedWatches() -> [Feed: WatchQuery] {
        var wanted: [Feed: WatchQuery] = [:]
        func want(_ feed: Feed, _ query: ListQuery?) {
            wanted[feed] = WatchQuery(
                watch: feed.rawValue, what: feed.watched, query: query, intervalMs: feed.interval)
        }
        want(.overview, nil)
        if let list = place.list { want(list, window(of: list)) }
        let isWide = layout.kind == .wide
        switch place {
        case .overview:
            want(.sidePools, ListQuery(limit: 50))
            want(.sideEvents, ListQuery(filter: Cursor.initial(of: .events).filter, limit: 60))
            if isWide {
                if let worker = knowledge.sideWorkers.held { want(.worker, ListQuery(worker: worker)) }
                want(.sideWorkers, ListQuery(limit: 60))
                want(.sideEnded, ListQuery(filter: "what:GONE", limit: 200))
                want(.sideDenials, ListQuery(limit: 12))
            }
        case .pools:
            guard layout.kind >= .normal, let pool = cursors[.pools]?.id else { break }
            want(.sideEvents, ListQuery(limit: 20, pool: pool))
            if isWide { want(.sideWorkers, ListQuery(limit: 30, pool: pool)) }
        case .workers:
            let aimed = layout.kind >= .normal ? cursors[.workers]?.id : knowledge.workers.held
            if let worker = aimed { want(.worker, ListQuery(worker: worker)) }
        case .worker(let id): want(.worker, ListQuery(worker: id))
        case .events: want(.sideEnded, ListQuery(filter: "what:GONE", limit: 500))
        case .topics, .denied, .log: break
        }
        return wanted
    }

    /// The window of a list around what is on the screen, in steps of half a page, so that scrolling rarely asks.
    private func window(of feed: Feed) -> ListQuery {
        let cursor = cursors[feed, default: Cursor()]
        let half = min(max(20, height(of: feed)), 160) / 2
        let start = max(0, cursor.top / half - 1) * half
        var query = ListQuery(
            filter: cursor.filter.isEmpty ? nil : cursor.filter, sort: cursor.sort, offset: start, limit: 4 * half + 1)
        switch place {
        case .workers(let pool): query.pool = pool
        case .topics(let shape): query.shape = shape
        case .overview, .pools, .worker, .denied, .events, .log: break
        }
        return query
    }
}

extension ListQuery {
    /// What the list is about: if this changes, the rows shown so far are of something else.
    fileprivate var subject: [String?] { [pool, worker, shape] }
}
