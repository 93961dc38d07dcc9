import AdminProtocol
import BrokerCore
import Glibc
import NIOPosix
import Synchronization

/// Writes log lines from a thread of its own: a reader of our logs that stalls never stalls the broker.
///
/// At most 1 MiB waits; what comes then is lost, and its number is said as soon as somebody reads again.
final class LogWriter: Sendable {
    private struct State {
        var waiting: [UInt8] = []
        var lost: Int64 = 0
        var isWriting = false
    }

    private static let mostWaiting = 1 << 20

    private let descriptor: Int32?
    private let state = Mutex(State())
    private let thread = NIOThreadPool(numberOfThreads: 1)
    private let closing = Atomic(false)

    init(_ output: LogOutput) {
        switch output {
        case .standardOutput: descriptor = 1
        case .descriptor(let number): descriptor = number
        case .none: descriptor = nil
        }
        thread.start()
    }

    /// Takes whole lines.
    func write(_ lines: [UInt8]) {
        guard descriptor != nil, !lines.isEmpty else { return }
        let begins = state.withLock { state in
            guard state.waiting.count + lines.count <= LogWriter.mostWaiting else {
                state.lost += 1
                return false
            }
            state.waiting += lines
            defer { state.isWriting = true }
            return !state.isWriting
        }
        if begins { thread.submit { _ in self.drain() } }
    }

    /// Writes what is waiting, gives a reader that does not read one second, and ends the thread.
    func close() {
        closing.store(true, ordering: .relaxed)
        try? thread.syncShutdownGracefully()
        drain()
    }

    private func drain() {
        while true {
            let (bytes, lost) = state.withLock { state in
                defer {
                    state.waiting = []
                    state.lost = 0
                }
                if state.waiting.isEmpty { state.isWriting = false }
                return (state.waiting, state.lost)
            }
            guard !bytes.isEmpty else { return }
            guard put(bytes) else { return }
            if lost > 0 {
                var line: [UInt8] = []
                LogFormat.append(
                    .warn, "log lines were lost: nobody read them in time", caller: "log",
                    fields: [("count", String(lost))], at: BrokerClock().now.wall, to: &line)
                _ = put(line)
            }
        }
    }

    /// In pieces that a pipe takes whole once it says that it takes any; false if it is broken or we are closing.
    private func put(_ bytes: [UInt8]) -> Bool {
        guard let descriptor else { return false }
        var rest = bytes[...]
        while !rest.isEmpty {
            var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            let found = poll(&ready, 1, 1_000)
            if found == 0 {
                if closing.load(ordering: .relaxed) { return false }
                continue
            }
            let count = rest.prefix(4_096).withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                guard errno == EINTR || errno == EAGAIN else { return false }
                continue
            }
            rest = rest.dropFirst(count)
        }
        return true
    }
}
