import AdminProtocol
import ConsoleCore
import Testing

/// An operator's desk: a console, a broker that answers as `World` says, and a clock.
struct Desk {
    var model: ConsoleModel
    var now: Timestamp = World.now
    /// What the console has sent, oldest first.
    private(set) var sent: [Request] = []
    private(set) var others: [ConsoleCommand] = []
    private var sequences: [String: Int] = [:]
    var hello = World.hello()
    var pools = World.pools
    var workers = World.workers
    var events = World.events
    var denials = World.denials
    var topics = World.topics
    var log = World.log
    var detail = World.detail
    var overview = World.overview
    /// Whether requests are answered at once.
    var answers = true

    init(_ columns: Int = 80, _ rows: Int = 24, mayAct: Bool = true) {
        model = ConsoleModel(
            settings: .init(target: "/run/signalbox/admin.sock", mayAct: mayAct, seed: 1),
            size: Size(columns: columns, rows: rows))
    }

    /// With the link up and everything told.
    static func live(_ columns: Int = 80, _ rows: Int = 24, _ prepare: (inout Desk) -> Void = { _ in }) throws -> Desk {
        var desk = Desk(columns, rows)
        prepare(&desk)
        try desk.tell(.linkUp)
        return desk
    }

    mutating func tell(_ message: ConsoleMessage) throws {
        try take(model.update(message, at: now))
    }

    mutating func press(_ keys: Key...) throws {
        for key in keys { try tell(.key(key)) }
    }

    mutating func type(_ text: String) throws {
        for scalar in text.unicodeScalars { try press(.character(scalar)) }
    }

    mutating func pass(_ milliseconds: Milliseconds) throws {
        now += milliseconds
        try tell(.elapsed)
    }

    func frame(unicode: Bool = true) -> Frame { model.view(Capabilities(unicode: unicode), at: now) }

    func text(unicode: Bool = true) -> String { frame(unicode: unicode).text }

    func row(_ number: Int) -> String {
        let lines = text().split(separator: "\n", omittingEmptySubsequences: false)
        return lines.indices.contains(number) ? String(lines[number]) : ""
    }

    /// The line above the keys.
    var status: String { row(frame().size.rows - 2) }

    mutating func take(_ commands: [ConsoleCommand]) throws {
        for command in commands {
            guard case .send(let request) = command else {
                others.append(command)
                continue
            }
            sent.append(request)
            if answers { try answer(request) }
        }
    }

    mutating func answer(_ request: Request) throws {
        let command = try #require(Command(rawValue: request.cmd))
        switch command {
        case .hello: try done(request, JSON.encoding(hello))
        case .historyGet: try done(request, JSON.encoding(World.history))
        case .watchOpen, .watchSet:
            let query = try #require(request.args).decoded(as: WatchQuery.self)
            try done(request, JSON.encoding(WatchName(watch: query.watch)))
            try push(query)
        case .watchClose: try done(request, JSON.encoding(WatchName(watch: "")))
        default: break
        }
    }

    mutating func done(_ request: Request, _ result: JSON) throws {
        try tell(.answered(Answer(id: request.id, state: .done, result: result, at: now)))
    }

    mutating func refuse(_ request: Request, _ code: AdminError.Code, _ sentence: String) throws {
        try tell(.answered(Answer(id: request.id, state: .refused, error: AdminError(code, sentence), at: now)))
    }

    /// Sends a snapshot of what a watch asks for.
    mutating func push(_ query: WatchQuery) throws {
        func page<Row: Codable & Equatable & Sendable>(_ rows: [Row], _ sort: String) throws -> JSON {
            let offset = min(query.query?.offset ?? 0, rows.count)
            let end = min(rows.count, offset + (query.query?.limit ?? 100))
            return try JSON.encoding(
                ListPage(
                    rows: Array(rows[offset..<end]), total: rows.count, matched: rows.count, offset: offset,
                    sort: query.query?.sort ?? sort))
        }
        let document: JSON =
            switch query.what {
            case .overview: try JSON.encoding(overview)
            case .pools: try page(pools, "-attention")
            case .workers: try page(workers, "-attention")
            case .worker:
                try JSON.encoding(detail)
            case .topics: try page(topics, "-rate10s")
            case .denials: try page(denials, "-last_at")
            case .events:
                try page(query.query?.filter == "what:GONE" ? events.filter { $0.what == .gone } : events, "-at")
            case .log: try page(log, "-at")
            }
        let sequence = (sequences[query.watch] ?? 0) + 1
        sequences[query.watch] = sequence
        try tell(.streamed(StreamMessage(watch: query.watch, seq: sequence, at: now, snapshot: document)))
    }

    /// Sends every open window again, as it is now.
    mutating func pushAll() throws {
        var open: [String: WatchQuery] = [:]
        for request in sent {
            guard let args = request.args else { continue }
            switch Command(rawValue: request.cmd) {
            case .watchOpen, .watchSet:
                let query = try args.decoded(as: WatchQuery.self)
                open[query.watch] = query
            case .watchClose: open[try args.decoded(as: WatchName.self).watch] = nil
            default: break
            }
        }
        for query in open.values.sorted(by: { $0.watch < $1.watch }) { try push(query) }
    }

    func requests(_ command: Command) -> [Request] { sent.filter { $0.cmd == command.rawValue } }

    /// What would change the broker.
    var changing: [Request] { sent.filter { Command(rawValue: $0.cmd)?.changes ?? true } }
}
