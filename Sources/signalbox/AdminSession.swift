import AdminClient
import AdminProtocol
import ArgumentParser
import ConsoleCore
import FoundationEssentials
import NIOCore
import NIOPosix

/// One connection to the admin topic for one command: it asks, waits for the answer, and ends.
///
/// Every failure becomes one sentence and an exit code. The main thread blocks; the connection has its own.
final class AdminSession {
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let link: AdminLink
    private let place: String

    /// Connects, or throws the exit code for why that was not possible.
    init(_ options: ConnectionOptions) throws {
        let environment = ProcessInfo.processInfo.environment
        place = options.place(in: environment)
        link = AdminLink(try options.target(in: environment), on: group.next())
        let connected = group.next().makePromise(of: Void.self)
        let link = link
        connected.completeWithTask { try await link.connectOnce() }
        do {
            try connected.futureResult.wait()
        } catch {
            throw end(of: error)
        }
    }

    deinit {
        // A farewell, so that the broker's log does not speak of a client that was lost.
        let closed = group.next().makePromise(of: Void.self)
        let link = link
        closed.completeWithTask { await link.close() }
        try? closed.futureResult.wait()
        try? group.syncShutdownGracefully()
    }

    /// The result of `command`.
    func ask(_ command: Command, _ arguments: some Encodable, reason: String? = nil) throws -> JSON {
        try ask(command, args: JSON.encoding(arguments), reason: reason)
    }

    func ask(_ command: Command, args: JSON? = nil, reason: String? = nil) throws -> JSON {
        let answered = group.next().makePromise(of: Answer.self)
        let link = link
        answered.completeWithTask { try await link.request(command, args: args, reason: reason) }
        let answer: Answer
        do {
            answer = try answered.futureResult.wait()
        } catch {
            throw end(of: error)
        }
        guard answer.state == .done, let result = answer.result else {
            guard let error = answer.error else {
                throw Exit.because("the broker said \(answer.state.rawValue) and not why", code: ExitCodes.refused)
            }
            let field = error.field.map { " (\($0))" } ?? ""
            throw Exit.because(
                DisplayText(error.message + field).text, code: ExitCodes.code(for: error.code))
        }
        return result
    }

    /// A list's rows with what is around them: one page, or all of them.
    func page(_ command: Command, _ query: ListQuery, all: Bool = false) throws -> JSON {
        var query = query
        if all { query.limit = 500 }
        var page = try ask(command, query)
        guard all, case .object(var members) = page else { return page }
        var rows = page["rows"]?.array ?? []
        while let next = page["next"]?.string {
            query.cursor = next
            query.offset = nil
            page = try ask(command, query)
            let more = page["rows"]?.array ?? []
            guard !more.isEmpty else { break }
            rows += more
        }
        members.removeAll { $0.key == "next" }
        members = members.map { $0.key == "rows" ? JSON.Member("rows", .array(rows)) : $0 }
        return .object(members)
    }

    /// `json` as the value it stands for.
    func read<Value: Decodable>(_ json: JSON, as type: Value.Type) throws -> Value {
        do throws(AdminError) {
            return try json.decoded(as: type)
        } catch {
            throw Exit.because(
                "the broker answered what this program does not know: \(error.message)", code: ExitCodes.refused)
        }
    }

    /// Outcomes of what this session asked for, as they come; called on another thread.
    func listen(_ body: @escaping @Sendable (KickOutcome) -> Void) {
        link.run { link in
            link.onStream = { message in
                if let outcome = message.outcome { body(outcome) }
            }
        }
    }

    private func end(of error: any Error) -> any Error {
        guard let failure = error as? AdminLink.Failure else { return error }
        switch failure {
        case .down(let reason):
            // What a broker says that was reached, and knows who asks.
            let isRefused = reason.hasPrefix("the broker refused") || reason.hasPrefix("this credential")
            return Exit.because(
                "no broker at \(place): \(DisplayText(reason).text)",
                code: isRefused ? ExitCodes.forbidden : ExitCodes.unreachable)
        case .timedOut:
            return Exit.because("the broker at \(place) did not answer in time", code: ExitCodes.unreachable)
        case .unreadable(let what):
            return Exit.because(DisplayText(what).text, code: ExitCodes.refused)
        }
    }
}
