import AdminProtocol
import BrokerCore
import Logging
import Synchronization

/// Where all log lines of a broker come together: the core's, and the server's own through swift-log.
final class ServerLog: Sendable {
    private let writer: LogWriter
    /// The rank of the level in force: a line that is off costs one load of it.
    private let threshold: Atomic<Int>
    /// The way into the ring that consoles show.
    private let ring = Mutex<(@Sendable (LogLine) -> Void)?>(nil)

    init(_ output: LogOutput, level: LogLevel) {
        writer = LogWriter(output)
        threshold = Atomic(level.rank)
    }

    var level: LogLevel {
        get { LogLevel.allCases.first { $0.rank == threshold.load(ordering: .relaxed) } ?? .error }
        set { threshold.store(newValue.rank, ordering: .relaxed) }
    }

    func tell(_ ring: (@Sendable (LogLine) -> Void)?) {
        self.ring.withLock { $0 = ring }
    }

    /// The core's lines: it has decided already that they are worth writing.
    func write(_ lines: [LogLine], at wall: Timestamp) {
        var bytes: [UInt8] = []
        for line in lines {
            LogFormat.append(
                line.level, line.message, caller: line.subsystem.rawValue, fields: line.fields, at: wall, to: &bytes)
        }
        writer.write(bytes)
    }

    /// A line of the server's own.
    func write(_ line: LogLine, caller: String) {
        var bytes: [UInt8] = []
        LogFormat.append(
            line.level, line.message, caller: caller, fields: line.fields, at: BrokerClock().now.wall, to: &bytes)
        writer.write(bytes)
        ring.withLock { $0 }?(line)
    }

    func close() {
        tell(nil)
        writer.close()
    }

    /// A swift-log logger that ends here.
    func logger(_ subsystem: Subsystem) -> Logger {
        Logger(label: "signalbox.\(subsystem.rawValue)") { _ in ServerLogHandler(log: self, subsystem: subsystem) }
    }
}

/// Brings lines from swift-log, and follows the level that operators set while the broker runs.
struct ServerLogHandler: LogHandler {
    let log: ServerLog
    let subsystem: Subsystem
    var metadata: Logger.Metadata = [:]

    /// Decided by the broker's level in force, not by whoever holds the logger.
    var logLevel: Logger.Level {
        get { Logger.Level(log.level) }
        set {}
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let fields = metadata.merging(event.metadata ?? [:]) { $1 }
        let line = LogLine(
            LogLevel(event.level), subsystem, event.message.description,
            fields: fields.sorted { $0.key < $1.key }.map { ($0.key, "\($0.value)") })
        log.write(line, caller: "\(event.file):\(event.line)")
    }
}

extension Logger.Level {
    fileprivate init(_ level: LogLevel) {
        switch level {
        case .error: self = .error
        case .warn: self = .warning
        case .info: self = .info
        case .debug: self = .debug
        case .trace: self = .trace
        }
    }
}

extension LogLevel {
    fileprivate init(_ level: Logger.Level) {
        switch level {
        case .trace: self = .trace
        case .debug: self = .debug
        case .info, .notice: self = .info
        case .warning: self = .warn
        case .error, .critical: self = .error
        }
    }
}
