import AdminProtocol

/// All that the console knows of the broker: replaced piece by piece while it lives, kept when it is gone.
struct Knowledge: Equatable, Sendable {
    var overview: Overview?
    var samples = SampleRing()
    var pools = Listing<PoolRow>()
    var workers = Listing<WorkerRow>()
    var worker: WorkerDetail?
    var topics = Listing<TopicRow>()
    var denials = Listing<DenialRow>()
    var events = Listing<EventRow>()
    var log = Listing<LogRow>()
    var sidePools = Listing<PoolRow>()
    var sideWorkers = Listing<WorkerRow>()
    var sideEvents = Listing<EventRow>()
    var sideEnded = Listing<EventRow>()
    var sideDenials = Listing<DenialRow>()
    /// Rates of the pools and workers that were on the screen.
    var traces = Traces()

    /// The ids of a list in the order shown, the place of the first, and how many the filter lets through.
    func window(of feed: Feed) -> (ids: [String], offset: Int, matched: Int) {
        func window<Row>(_ listing: Listing<Row>) -> ([String], Int, Int) {
            (listing.rows.map(\.id), listing.offset, listing.matched)
        }
        return switch feed {
        case .overview: (overview?.alerts.map(\.id) ?? [], 0, overview?.alerts.count ?? 0)
        case .worker: ([], 0, 0)
        case .pools: window(pools)
        case .workers: window(workers)
        case .topics: window(topics)
        case .denials: window(denials)
        case .events: window(events)
        case .log: window(log)
        case .sidePools: window(sidePools)
        case .sideWorkers: window(sideWorkers)
        case .sideEvents: window(sideEvents)
        case .sideEnded: window(sideEnded)
        case .sideDenials: window(sideDenials)
        }
    }

    /// The order in force, as the broker reports it.
    func sort(of feed: Feed) -> String? {
        switch feed {
        case .overview, .worker: nil
        case .pools: pools.page?.sort
        case .workers: workers.page?.sort
        case .topics: topics.page?.sort
        case .denials: denials.page?.sort
        case .events: events.page?.sort
        case .log: log.page?.sort
        case .sidePools: sidePools.page?.sort
        case .sideWorkers: sideWorkers.page?.sort
        case .sideEvents: sideEvents.page?.sort
        case .sideEnded: sideEnded.page?.sort
        case .sideDenials: sideDenials.page?.sort
        }
    }

    /// The id of the row that is only kept because it is aimed at.
    func held(of feed: Feed) -> String? {
        switch feed {
        case .overview, .worker: nil
        case .pools: pools.held
        case .workers: workers.held
        case .topics: topics.held
        case .denials: denials.held
        case .events: events.held
        case .log: log.held
        case .sidePools: sidePools.held
        case .sideWorkers: sideWorkers.held
        case .sideEvents: sideEvents.held
        case .sideEnded: sideEnded.held
        case .sideDenials: sideDenials.held
        }
    }

    /// When the rows of a list last changed places.
    func sortedAt(_ feed: Feed) -> Timestamp {
        switch feed {
        case .overview, .worker: 0
        case .pools: pools.sortedAt
        case .workers: workers.sortedAt
        case .topics: topics.sortedAt
        case .denials: denials.sortedAt
        case .events: events.sortedAt
        case .log: log.sortedAt
        case .sidePools: sidePools.sortedAt
        case .sideWorkers: sideWorkers.sortedAt
        case .sideEvents: sideEvents.sortedAt
        case .sideEnded: sideEnded.sortedAt
        case .sideDenials: sideDenials.sortedAt
        }
    }

    /// Forgets the rows of a list that is about to show something else.
    mutating func forget(_ feed: Feed) {
        switch feed {
        case .overview: break
        case .worker: worker = nil
        case .pools: pools = Listing()
        case .workers: workers = Listing()
        case .topics: topics = Listing()
        case .denials: denials = Listing()
        case .events: events = Listing()
        case .log: log = Listing()
        case .sidePools: sidePools = Listing()
        case .sideWorkers: sideWorkers = Listing()
        case .sideEvents: sideEvents = Listing()
        case .sideEnded: sideEnded = Listing()
        case .sideDenials: sideDenials = Listing()
        }
    }

    /// Shows the broker's order again where it was held back.
    mutating func sort(_ feed: Feed, at now: Timestamp) {
        switch feed {
        case .overview, .worker: break
        case .pools: pools.sort(at: now)
        case .workers: workers.sort(at: now)
        case .topics: topics.sort(at: now)
        case .denials: denials.sort(at: now)
        case .events: events.sort(at: now)
        case .log: log.sort(at: now)
        case .sidePools: sidePools.sort(at: now)
        case .sideWorkers: sideWorkers.sort(at: now)
        case .sideEvents: sideEvents.sort(at: now)
        case .sideEnded: sideEnded.sort(at: now)
        case .sideDenials: sideDenials.sort(at: now)
        }
    }

    /// Lets a row go that was only kept because it was aimed at.
    mutating func release(_ feed: Feed) {
        switch feed {
        case .overview, .worker: break
        case .pools: pools.release()
        case .workers: workers.release()
        case .topics: topics.release()
        case .denials: denials.release()
        case .events: events.release()
        case .log: log.release()
        case .sidePools: sidePools.release()
        case .sideWorkers: sideWorkers.release()
        case .sideEvents: sideEvents.release()
        case .sideEnded: sideEnded.release()
        case .sideDenials: sideDenials.release()
        }
    }

    /// A worker that is not listed but still aimed at is shown as its own watch tells.
    private mutating func renewHeldWorker() {
        guard let row = worker?.row else { return }
        workers.renew(row)
        sideWorkers.renew(row)
    }

    /// Reads a watch's document into its typed place; false if it is not what it should be.
    ///
    /// - Parameter aimedAt: the id of the row that must not go from under the cursor.
    mutating func take(
        _ document: JSON, of feed: Feed, keepingOrder: Bool, aimedAt: String?, at now: Timestamp, brokerTime: Timestamp
    ) -> Bool {
        func read<Row: ListedRow>(_ listing: inout Listing<Row>) -> Bool {
            guard let page = Wire.read(ListPage<Row>.self, from: document) else { return false }
            listing.take(page, keepingOrder: keepingOrder, aimedAt: aimedAt, at: now)
            return true
        }
        defer { if feed == .workers || feed == .worker || feed == .sideWorkers { renewHeldWorker() } }
        switch feed {
        case .overview:
            guard let new = Wire.read(Overview.self, from: document) else { return false }
            overview = new
            samples.take(new.sample)
            return true
        case .worker:
            guard let new = Wire.read(WorkerDetail.self, from: document) else { return false }
            worker = new
            traces.take(new.row.id, incoming: new.received.rate1s, outgoing: new.sent.rate1s, at: brokerTime)
            return true
        case .pools:
            guard read(&pools) else { return false }
            for row in pools.rows { traces.take(row.id, incoming: row.inRate, outgoing: row.outRate, at: brokerTime) }
            return true
        case .sidePools: return read(&sidePools)
        case .workers: return read(&workers)
        case .topics:
            guard read(&topics) else { return false }
            for row in topics.rows { traces.take(row.id, incoming: row.rate10s, outgoing: 0, at: brokerTime) }
            return true
        case .denials: return read(&denials)
        case .events: return read(&events)
        case .log: return read(&log)
        case .sideWorkers: return read(&sideWorkers)
        case .sideEvents: return read(&sideEvents)
        case .sideEnded: return read(&sideEnded)
        case .sideDenials: return read(&sideDenials)
        }
    }
}
