import Glibc
import Ledger
import Synchronization

/// Stands between the broker and PostgreSQL, and knows which message says that a transaction is committed.
final class CommitProxy: Sendable {
    /// What it does to the next commit that passes.
    enum Trick: Sendable {
        /// The server has committed; nobody hears of it for so many microseconds.
        case holdAnswer(Int64)
        /// The server has committed; the connection breaks before anybody hears of it.
        case loseAnswer
        /// The connection breaks before the server is asked to commit.
        case loseRequest
    }

    private struct State {
        var trick: Trick?
        /// When a trick was played, and until when it held something back.
        var played: (from: Int64, to: Int64)?
        var isStopped = false
    }

    let port: Int
    private let server: Int
    private let listener: Int32
    private let state = Mutex(State())

    init(port: Int, server: Int) throws {
        self.port = port
        self.server = server
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var yes: Int32 = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        guard Ports.call(bind, listener, port), listen(listener, 64) == 0 else {
            throw Failure("the proxy cannot listen: \(String(cString: strerror(errno)))")
        }
        CommitProxy.thread { self.accept() }
    }

    /// The next commit is played this trick.
    func arm(_ trick: Trick) {
        state.withLock {
            $0.trick = trick
            $0.played = nil
        }
    }

    /// Whether the trick was played, in the steady clock's microseconds.
    var played: (from: Int64, to: Int64)? { state.withLock { $0.played } }

    func stop() {
        state.withLock { $0.isStopped = true }
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    private func accept() {
        while !state.withLock({ $0.isStopped }) {
            let client = Glibc.accept(listener, nil, nil)
            guard client >= 0 else {
                if errno == EINTR || errno == ECONNABORTED { continue }
                return
            }
            _ = fcntl(client, F_SETFD, FD_CLOEXEC)
            CommitProxy.thread { self.carry(client) }
        }
    }

    /// One connection, until either side closes it or a trick does.
    private func carry(_ client: Int32) {
        defer { close(client) }
        let upstream = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        defer { close(upstream) }
        guard Ports.call(connect, upstream, server) else { return }
        var toServer = PostgresFrames(.toServer)
        var toClient = PostgresFrames(.toClient)
        var portion = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            var waiting = [
                pollfd(fd: client, events: Int16(POLLIN), revents: 0),
                pollfd(fd: upstream, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&waiting, 2, 1_000) >= 0 || errno == EINTR, !state.withLock({ $0.isStopped }) else { return }
            if waiting[0].revents != 0 {
                let count = recv(client, &portion, portion.count, 0)
                guard count > 0 else { return }
                toServer.append(portion.prefix(count))
                while let message = toServer.next() {
                    if message.kind == 0, PostgresFrames.isRequest(message.bytes) { toClient.expectTLSAnswer() }
                    if message.asksToCommit, isLost() { return }
                    guard CommitProxy.send(message.bytes, to: upstream) else { return }
                }
            }
            if waiting[1].revents != 0 {
                let count = recv(upstream, &portion, portion.count, 0)
                guard count > 0 else { return }
                toClient.append(portion.prefix(count))
                while let message = toClient.next() {
                    if message.saysCommitted, !passes() { return }
                    guard CommitProxy.send(message.bytes, to: client) else { return }
                }
            }
        }
    }

    /// Whether the request to commit is to be lost.
    private func isLost() -> Bool {
        state.withLock { state in
            guard case .loseRequest = state.trick else { return false }
            state.trick = nil
            let now = RunClock.steady()
            state.played = (now, now)
            return true
        }
    }

    /// Whether the answer goes on to the client, perhaps after a while.
    private func passes() -> Bool {
        let now = RunClock.steady()
        let wait: Int64? = state.withLock { state in
            switch state.trick {
            case .holdAnswer(let span):
                state.trick = nil
                return span
            case .loseAnswer:
                state.trick = nil
                state.played = (now, now)
                return nil
            case .loseRequest, nil: return 0
            }
        }
        guard let wait else { return false }
        if wait > 0 {
            RunClock.sleep(wait)
            let end = RunClock.steady()
            state.withLock { $0.played = (now, end) }
        }
        return true
    }

    private static func send(_ bytes: [UInt8], to socket: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private static func thread(_ body: @escaping @Sendable () -> Void) {
        final class Box {
            let body: @Sendable () -> Void; init(_ body: @escaping @Sendable () -> Void) { self.body = body }
        }
        var thread = pthread_t()
        let box = Unmanaged.passRetained(Box(body))
        let status = pthread_create(
            &thread, nil,
            { box in
                guard let box else { return nil }
                Unmanaged<Box>.fromOpaque(box).takeRetainedValue().body()
                return nil
            }, box.toOpaque())
        if status == 0 { pthread_detach(thread) } else { box.release() }
    }
}
