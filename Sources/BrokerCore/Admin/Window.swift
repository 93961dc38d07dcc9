import AdminProtocol

/// One checked window of one list, the overview or one worker: what a list command answers and a watch pushes.
struct Window {
    private let make: (Look) throws(AdminError) -> JSON?

    /// Nil while there is nothing to show, such as a worker that is not known any more.
    func callAsFunction(_ look: Look) throws(AdminError) -> JSON? { try make(look) }

    init(_ what: Watched, _ query: ListQuery) throws(AdminError) {
        switch what {
        case .overview: self.init { look throws(AdminError) in try encoded(look.overview()) }
        case .worker:
            guard let id = query.worker else {
                throw AdminError(.badArgument, "worker is missing", field: "worker")
            }
            self.init { look throws(AdminError) in
                guard let worker = look.observatory.roster.worker(named: id) else { return nil }
                return try encoded(WorkerDetail(worker, look))
            }
        case .pools:
            self.init(.pools, try Listing.pools.plan(query)) { look in
                let summaries = look.observatory.poolSummaries()
                guard let pool = query.pool else { return summaries }
                return summaries.filter { $0.pool.id.description == pool }
            }
        case .workers:
            self.init(.workers, try Listing.workers.plan(query)) { look in
                let pool = query.pool.map { ULID($0) }
                return look.observatory.roster.records.filter { client in
                    client.isListed && client.story.connections > 0
                        && (client.connection != nil || query.gone == true)
                        && (pool.map { $0 != nil && client.pool == $0 } ?? true)
                }
            }
        case .topics:
            self.init(.topics, try Listing.topics.plan(query)) { look in
                look.observatory.topicSummaries(ofShape: query.shape, at: look.now)
            }
        case .denials:
            self.init(.denials, try Listing.denials.plan(query)) { look in
                look.observatory.denials.newestFirst.filter { entry in
                    query.holds(entry.lastAt) && (query.pool.map { entry.denial.pool?.description == $0 } ?? true)
                        && (query.worker.map { DisplayText.of(entry.denial.clientID) == $0 } ?? true)
                }
            }
        case .events:
            self.init(.events, try Listing.events.plan(query), query, ring: { $0.observatory.events }) { look in
                look.observatory.events.newest { event in
                    query.holds(event.at) && (query.pool.map { event.client?.pool?.description == $0 } ?? true)
                        && (query.worker.map { event.client?.id == $0 } ?? true)
                }
            }
        case .log:
            self.init(.log, try Listing.log.plan(query), query, ring: { $0.observatory.book.lines }) { look in
                look.observatory.book.lines.newest { entry in
                    query.holds(entry.at) && (query.pool.map { entry.pool == $0 } ?? true)
                        && (query.worker.map { entry.client == $0 } ?? true)
                }
            }
        }
    }

    private init(make: @escaping (Look) throws(AdminError) -> JSON?) {
        self.make = make
    }

    private init<Item, Row>(
        _ listing: Listing<Item, Row>, _ plan: Listing<Item, Row>.Plan, items: @escaping (Look) -> [Item]
    ) {
        self.init { look throws(AdminError) in try encoded(listing.page(items(look), plan, look)) }
    }

    /// A window on a ring's newest items costs what is in it; any other looks at the whole ring.
    private init<Item, Row>(
        _ listing: Listing<Item, Row>, _ plan: Listing<Item, Row>.Plan, _ query: ListQuery,
        ring: @escaping (Look) -> Ring<Item>, items: @escaping (Look) -> [Item]
    ) {
        guard let enough = listing.enough(plan), query.isUnrestricted else {
            self.init(listing, plan, items: items)
            return
        }
        self.init { look throws(AdminError) in
            let ring = ring(look)
            return try encoded(listing.page(ring.newest(enough), total: ring.count, plan, look))
        }
    }
}

extension ListQuery {
    fileprivate var isUnrestricted: Bool { pool == nil && worker == nil && since == nil && until == nil }

    /// Whether a time is within `since` and `until`.
    fileprivate func holds(_ time: Timestamp) -> Bool {
        (since.map { time >= $0 } ?? true) && (until.map { time <= $0 } ?? true)
    }
}
