import AdminProtocol

/// Going from view to view, and what the selected row is.
extension ConsoleModel {
    /// Shows the view of a number, above the overview.
    mutating func show(_ number: Int, at now: Timestamp) {
        guard let target = Place.numbered(number) else {
            let name: DisplayText = number == 5 ? "Tail" : number == 9 ? "Audit" : "Self"
            say("\(number) \(name): this broker does not offer it yet", at: now)
            return
        }
        if case .workers = target, case .workers = place, stack.count == 2, place == target { return }
        leave(for: target == .overview ? [.overview] : [.overview, target])
    }

    mutating func goBack() -> Bool {
        guard stack.count > 1 else { return false }
        lastStack = stack
        stack.removeLast()
        scroll = 0
        return true
    }

    mutating func leave(for new: [Place]) {
        guard new != stack else { return }
        if new.last?.list != nil, new.last?.list == place.list || isScoped(new.last) != isScoped(place) {
            if let list = new.last?.list { reset(list) }
        }
        lastStack = stack
        stack = new
        scroll = 0
    }

    private func isScoped(_ place: Place?) -> Bool {
        switch place {
        case .workers(let pool): pool != nil
        case .topics(let shape): shape != nil
        case .overview, .pools, .worker, .denied, .events, .log, nil: false
        }
    }

    /// Begins a list at its top.
    private mutating func reset(_ list: Feed) {
        cursors[list] = Cursor.initial(of: list)
        knowledge.forget(list)
    }

    private mutating func enter(_ new: Place, filter: String? = nil) {
        if let list = new.list {
            reset(list)
            if let filter { cursors[list]?.filter = filter }
        }
        lastStack = stack
        // A path longer than this is not one anybody walks back.
        if stack.count < 16 { stack.append(new) } else { stack[stack.count - 1] = new }
        scroll = 0
    }

    /// What Enter does to the selected row.
    mutating func open(at now: Timestamp) {
        aim(at: now)
        switch selection {
        case .pool(let row): enter(.workers(pool: row.id))
        case .worker(let id, _): if place != .worker(id) { enter(.worker(id)) }
        case .shape(let row):
            if case .topics(shape: nil) = place, row.topics > 1 || row.id.hasSuffix("+") {
                enter(.topics(shape: row.id))
            }
        case .denial(let row):
            guard row.principal == "worker", !row.client.isEmpty else {
                say("no worker stands behind this row", at: now)
                return
            }
            enter(.worker(row.client))
        case .event(let row):
            if let worker = row.worker {
                enter(.worker(worker))
            } else {
                say("no worker stands behind this row", at: now)
            }
        case .log(let row):
            if let client = row.client {
                enter(.worker(client))
            } else {
                say("no worker stands behind this row", at: now)
            }
        case .alert(let alert): enter(place(of: alert), filter: alert.filter)
        case nil: break
        }
    }

    private func place(of alert: Overview.Alert) -> Place {
        switch alert.view {
        case "pools": .pools
        case "workers": .workers(pool: nil)
        case "denied", "denials": .denied
        case "log": .log
        case "topics": .topics(shape: nil)
        default: .events
        }
    }

    /// The row under the cursor, as it is shown.
    enum Selection: Equatable, Sendable {
        case pool(PoolRow)
        /// Its row may be unknown if only its id was given.
        case worker(String, WorkerRow?)
        case shape(TopicRow)
        case denial(DenialRow)
        case event(EventRow)
        case log(LogRow)
        case alert(Overview.Alert)
    }

    var selection: Selection? {
        if case .worker(let id) = place { return .worker(id, shown.worker?.row.id == id ? shown.worker?.row : nil) }
        guard let focus else { return nil }
        let id = cursors[focus]?.id
        switch focus {
        case .overview: return shown.overview?.alerts.first { $0.id == id }.map { .alert($0) }
        case .pools: return shown.pools.row(id).map { .pool($0) }
        case .sidePools: return shown.sidePools.row(id).map { .pool($0) }
        case .workers: return shown.workers.row(id).map { .worker($0.id, $0) }
        case .sideWorkers: return shown.sideWorkers.row(id).map { .worker($0.id, $0) }
        case .topics: return shown.topics.row(id).map { .shape($0) }
        case .denials: return shown.denials.row(id).map { .denial($0) }
        case .sideDenials: return shown.sideDenials.row(id).map { .denial($0) }
        case .events: return shown.events.row(id).map { .event($0) }
        case .sideEvents: return shown.sideEvents.row(id).map { .event($0) }
        case .sideEnded: return shown.sideEnded.row(id).map { .event($0) }
        case .log: return shown.log.row(id).map { .log($0) }
        case .worker: return nil
        }
    }

    mutating func copy(at now: Timestamp) -> [ConsoleCommand] {
        let text: String?
        switch selection {
        case .pool(let row): text = row.id
        case .worker(let id, _): text = id
        case .shape(let row): text = row.id
        case .denial(let row): text = row.client.isEmpty ? row.address : row.client
        case .event(let row): text = row.worker ?? row.pool ?? row.id
        case .log(let row): text = row.client ?? row.message
        case .alert(let alert): text = alert.text
        case nil: text = nil
        }
        guard let text else {
            say("nothing is selected", at: now)
            return []
        }
        say("copied \(DisplayText(text).shortened(to: 60))", at: now)
        return [.copy(text)]
    }
}
