import AdminProtocol

/// Where operators are answered: it reads requests and decides what to send and whom to cut; it sends nothing itself.
package final class AdminDesk {
    /// Who asks, as the broker knows it.
    struct Caller {
        var connection: ConnectionID
        var name: String
        var role: Role
        var address: String
    }

    /// What should follow, in this order.
    enum Deed: Equatable {
        case answer([UInt8])
        case push(ConnectionID, [UInt8], watch: String?)
        case cut(ConnectionID, fireWill: Bool, cleanSession: Bool)
        /// The asker makes too many mistakes. [AD-15]
        case dismiss
    }

    var watches = WatchBook()
    var follows: [KickFollow] = []
    private var memory = RequestMemory()
    private var allowances = Allowances()

    package init() {}

    /// The answer to one request, and what it brings about.
    func handle(
        _ payload: [UInt8], from caller: Caller, _ observatory: Observatory, into effects: inout Effects,
        at now: Moment
    ) -> [Deed] {
        let look = Look(observatory: observatory, now: now)
        var id = ""
        do throws(AdminError) {
            guard allowances.takesRequest(of: caller.name, at: now) else {
                throw AdminError(.rateLimited, "more than \(Allowances.requests.perSecond) requests per second")
            }
            let request = try AdminDesk.request(payload, &id)
            let command = try AdminDesk.check(request, of: caller, at: now)
            if let answer = try memory.answer(to: request.id, payload, of: caller.name, at: now) {
                return [.answer(answer)]
            }
            if command.changes, !allowances.takesChange(of: caller.name, at: now) {
                throw AdminError(.rateLimited, "more than \(Allowances.changes.perSecond) change per second")
            }
            var task = AdminTask(request: request, command: command, caller: caller, look: look)
            let result = try run(&task, into: &effects)
            let answer = Answer(id: request.id, state: .done, result: result, at: now.wall).bytes
            memory.remember(request.id, payload, of: caller.name, answer: command.changes ? answer : nil, at: now)
            return [.answer(answer)] + task.deeds
        } catch {
            let answer = Deed.answer(Answer(id: id, state: .refused, error: error, at: now.wall).bytes)
            guard error.isMistake, !allowances.takesMistake(of: caller.name, at: now) else { return [answer] }
            return [answer, .dismiss]
        }
    }

    /// Time has passed: what is due for watches and follow-ups.
    func elapsed(_ observatory: Observatory, at now: Moment) -> [Deed] {
        for connection in observatory.departedOperators { watches.close(all: connection) }
        observatory.departedOperators.removeAll()
        let look = Look(observatory: observatory, now: now)
        return follow(look) + watches.due(look)
    }

    /// The connection had no room: the watch goes on with a snapshot when there is.
    func missed(_ connection: ConnectionID, watch: String) { watches.missed(connection, watch: watch) }

    /// Also finds the id of what is no acceptable request, so that the asker can tell which one it was.
    private static func request(_ payload: [UInt8], _ id: inout String) throws(AdminError) -> Request {
        let json: JSON
        do {
            json = try JSON(parsing: payload, within: .request)
        } catch {
            throw AdminError(.malformed, "not acceptable JSON at byte \(error.offset): \(error.what)")
        }
        if let text = json["id"]?.string, text.utf8.count <= 64 { id = text }
        return try json.decoded(as: Request.self, unknownKeys: .refused)
    }

    /// What must hold whatever is asked. [AD-3] [AD-6]
    private static func check(
        _ request: Request, of caller: Caller, at now: Moment
    ) throws(AdminError) -> Command {
        guard request.v == 1 else {
            throw AdminError(.badArgument, "this broker speaks version 1", field: "v")
        }
        guard (1...64).contains(request.id.utf8.count) else {
            throw AdminError(.badArgument, "an id has 1 to 64 bytes", field: "id")
        }
        guard let command = Command(rawValue: request.cmd) else {
            let name = DisplayText.of(request.cmd, bound: 32)
            throw AdminError(.unknownCommand, "there is no command `\(name)`", field: "cmd")
        }
        guard caller.role >= command.role else {
            let words = "\(command.rawValue) needs the role \(command.role.rawValue), you are \(caller.role.rawValue)"
            throw AdminError(.forbidden, words, field: "cmd")
        }
        if let issued = request.issuedAt, issued < now.wall - 30_000 || issued > now.wall + 30_000 {
            throw AdminError(.stale, "issued more than 30 s from the broker's time", field: "issued_at")
        }
        if let reason = request.reason, reason.utf8.count > 256 {
            throw AdminError(.badArgument, "a reason has at most 256 bytes", field: "reason")
        }
        return command
    }
}

extension AdminError {
    /// Whether no program of ours would ask so; a filter is excepted, for people type it.
    fileprivate var isMistake: Bool {
        switch code {
        case .malformed, .unknownCommand: true
        case .badArgument: field?.hasSuffix("filter") != true
        case .forbidden, .notFound, .stale, .conflict, .rateLimited, .unavailable: false
        }
    }
}

/// One accepted request while it is being done.
struct AdminTask {
    let request: Request
    let command: Command
    let caller: AdminDesk.Caller
    let look: Look
    /// What is to follow the answer.
    var deeds: [AdminDesk.Deed] = []

    var isDryRun: Bool { request.dryRun ?? false }

    /// Why, in the operator's words, fit to be shown; nil if it was not said.
    var reason: String? {
        guard let reason = request.reason, !reason.isEmpty else { return nil }
        return DisplayText.of(reason)
    }

    func arguments<Value: Decodable>(_ type: Value.Type) throws(AdminError) -> Value {
        try (request.args ?? .object([])).decoded(as: type, at: "args", unknownKeys: .refused)
    }
}
