/// The figures under the names that monitors of other brokers look for, and ours beside them.
///
/// Below `$SYS/broker/`, names and units are Mosquitto's, so that its exporters and dashboards work unchanged; each value
/// is a number, or begins with one.
extension Statistics {
    /// One topic below `$SYS/broker/`, and what is published there.
    struct Line: Equatable {
        let name: String
        let value: String

        init(_ name: String, _ value: some BinaryInteger) {
            self.init(name, "\(value)")
        }

        init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    static let prefix = "$SYS/broker/"

    /// Always the same names in the same order.
    var lines: [Line] { clientLines + loadLines + messageLines + ownLines }

    private var clientLines: [Line] {
        [
            Line("version", "signalbox version \(version)"),
            Line("uptime", "\(uptime) seconds"),
            Line("clients/total", connected + absent),
            Line("clients/maximum", mostConnected),
            Line("clients/disconnected", absent),
            Line("clients/connected", connected),
            Line("clients/expired", expired),
            // The older names of two of them, which some monitors still read.
            Line("clients/inactive", absent),
            Line("clients/active", connected),
        ]
    }

    private var loadLines: [Line] {
        loads.all.flatMap { kind, averages in
            zip(["1min", "5min", "15min"], [averages.x, averages.y, averages.z]).map { span, average in
                Line("load/\(kind.rawValue)/\(span)", Statistics.text(average))
            }
        }
    }

    private var messageLines: [Line] {
        [
            Line("messages/stored", stored.messages),
            Line("messages/received", packetsReceived),
            Line("messages/sent", packetsSent),
            Line("store/messages/count", stored.messages),
            Line("store/messages/bytes", stored.bytes),
            Line("subscriptions/count", subscriptions),
            Line("shared_subscriptions/count", sharedSubscriptions),
            Line("retained messages/count", stored.retained),
            Line("heap/current", memory ?? 0),
            Line("heap/maximum", mostMemory ?? 0),
            Line("publish/messages/dropped", publishDropped),
            Line("publish/messages/received", publishReceived),
            Line("publish/messages/sent", publishSent),
            Line("publish/bytes/received", payloadReceived),
            Line("publish/bytes/sent", payloadSent),
            Line("bytes/received", bytesReceived),
            Line("bytes/sent", bytesSent),
        ]
    }

    private var ownLines: [Line] {
        [
            Line("workers/connected", workers),
            Line("workers/stuck", stuck),
            Line("workers/flapping", flapping),
            Line("operators/connected", operators),
            Line("denials/count", denied.reduce(0) { $0 + $1.count }),
            Line("wills/waiting", wills),
            Line("queue/depth", queue.depth ?? 0),
            Line("queue/oldest_milliseconds", queue.oldestAge ?? 0),
            Line("queue/dead_letters", queue.deadLetters),
            Line("queue/pending", pending),
            Line("queue/committed", committed),
            Line("queue/trouble", queue.trouble == nil ? 0 : 1),
        ]
    }

    /// With two places after the point, as loads are written everywhere.
    static func text(_ value: Double) -> String {
        guard value.isFinite, value >= 0, value < 9e15 else { return "0.00" }
        let hundredths = Int64((value * 100).rounded())
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
    }
}
