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
        /// The last line that was written broke off in the middle.
        var isTorn = false
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

    /// Lines that could not be written, and of which nobody was told yet.
    var lost: Int64 { state.withLock { $0.lost } }

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
            let (bytes, lost, isTorn) = state.withLock { state in
                defer { if !state.waiting.isEmpty { (state.waiting, state.lost, state.isTorn) = ([], 0, false) } }
                if state.waiting.isEmpty { state.isWriting = false }
                return (state.waiting, state.lost, state.isTorn)
            }
            guard !bytes.isEmpty else { return }
            var rest = (isTorn ? [UInt8(ascii: "\n")] : []) + bytes
            if lost > 0 {
                LogFormat.append(
                    .warn, "log lines were lost: they could not be written", caller: "log",
                    fields: [("count", String(lost))], at: BrokerClock().now.wall, to: &rest)
            }
            let written = put(rest)
            guard written < rest.count else { continue }
            // A disk that is full has room again one day: the next line tries anew.
            state.withLock { state in
                state.lost += lost + Int64(rest[written...].count { $0 == UInt8(ascii: "\n") })
                state.isTorn = written > 0 ? rest[written - 1] != UInt8(ascii: "\n") : isTorn
                state.isWriting = false
            }
            return
        }
    }

    /// In pieces that a pipe takes whole once it says that it takes any; says how much was taken before it broke, or
    /// before we gave up because we are closing.
    private func put(_ bytes: [UInt8]) -> Int {
        guard let descriptor else { return 0 }
        var rest = bytes[...]
        while !rest.isEmpty {
            var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            let found = poll(&ready, 1, 1_000)
            if found == 0 {
                if closing.load(ordering: .relaxed) { break }
                continue
            }
            let count = rest.prefix(4_096).withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                guard errno == EINTR || errno == EAGAIN else { break }
                continue
            }
            rest = rest.dropFirst(count)
        }
        return bytes.count - rest.count
    }
}
