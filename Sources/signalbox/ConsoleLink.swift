import AdminClient
import AdminProtocol
import ConsoleCore
import MQTTTransport
import NIOCore
import NIOPosix
import Terminal

/// The console's link to the broker, on a thread of its own: what it hears lies in the mailbox.
final class ConsoleLink: Sendable {
    let mailbox = Mailbox<ConsoleMessage>(
        verdict: { waiting, newcomer in newcomer.supersedes(waiting) ? .replace : .keep },
        isExpendable: { $0.isRepairable })
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let link: AdminLink

    init(_ target: ClientTarget) {
        link = AdminLink(target, on: group.next())
    }

    /// Connects, and goes on trying for ever.
    func start() {
        link.run { [mailbox] link in
            link.onState = { state in
                switch state {
                case .connecting: break
                case .up: mailbox.post(.linkUp)
                case .down(let reason, let attempt, let retryIn):
                    mailbox.post(.linkDown(reason: reason, attempt: attempt, retryIn: retryIn))
                }
            }
            link.onStream = { mailbox.post(.streamed($0)) }
            link.start()
        }
    }

    /// Tries now what would be tried later.
    func reconnect() {
        link.run { $0.tryNow() }
    }

    func send(_ request: Request) {
        link.run { [mailbox] link in
            guard let command = Command(rawValue: request.cmd) else { return }
            link.request(
                command, id: request.id, args: request.args, reason: request.reason, dryRun: request.dryRun
            ) { result in
                mailbox.post(.answered(Self.answer(result, to: request)))
            }
        }
    }

    func stop() {
        try? group.syncShutdownGracefully()
    }

    /// Whatever comes of it, the model hears of its request.
    private static func answer(_ result: Result<Answer, AdminLink.Failure>, to request: Request) -> Answer {
        switch result {
        case .success(let answer): return answer
        case .failure(let failure):
            return Answer(
                id: request.id, state: .failed, error: AdminError(.unavailable, failure.sentence), at: Clock.wall())
        }
    }
}

extension AdminLink.Failure {
    /// For the operator.
    fileprivate var sentence: String {
        switch self {
        case .down(let reason): reason
        case .timedOut: "the broker did not answer in time"
        case .unreadable(let what): "the broker's answer cannot be read: \(what)"
        }
    }
}

extension ConsoleMessage {
    /// Whether what waits says nothing more once this is known: a snapshot holds all that came before it in its watch.
    fileprivate func supersedes(_ waiting: ConsoleMessage) -> Bool {
        guard case .streamed(let newer) = self, case .streamed(let older) = waiting else { return false }
        return newer.watch != nil && newer.watch == older.watch && newer.snapshot != nil
    }

    /// Whether the model sees that it is missing, and asks for a new snapshot.
    fileprivate var isRepairable: Bool {
        guard case .streamed(let message) = self else { return false }
        return message.watch != nil
    }
}
