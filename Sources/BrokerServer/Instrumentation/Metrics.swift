import AdminProtocol
import BrokerCore
import MessageQueue

/// A histogram as it is written: cumulative counts, and seconds.
struct HistogramFigures: Sendable {
    var buckets: [(bound: String, count: Int64)]
    var count: Int64
    var sum: Double

    init(_ histogram: Histogram) {
        var soFar: Int64 = 0
        buckets = zip(histogram.bounds, histogram.counts).map { bound, count in
            soFar += count
            return (MetricsText.text(Double(bound) / 1e9), soFar)
        }
        count = histogram.count
        sum = Double(histogram.sum) / 1e9
    }
}

/// Everything a scrape is told, in the order in which a person would read it.
struct Metrics: Sendable {
    /// A pool is one value of a label; beyond these only their sum is told.
    static let mostPools = 100

    var figures: Statistics
    var queue: QueueMetrics
    var loopLag: Histogram
    var process: ProcessFigures

    var text: [UInt8] {
        var out = MetricsText()
        addClients(to: &out)
        addTraffic(to: &out)
        addQueue(to: &out)
        addProcess(to: &out)
        return out.bytes
    }

    private func addClients(to out: inout MetricsText) {
        out.add(
            "signalbox_build_info", .gauge, "Always 1; the version is a label.", by: "version",
            [(name: figures.version, count: Int64(1))])
        out.add("signalbox_uptime_seconds", .gauge, "Seconds since the broker started.", figures.uptime)
        out.add("signalbox_connections", .gauge, "Clients connected now, without operators.", figures.connected)
        out.add(
            "signalbox_connections_maximum", .gauge, "The most clients connected at one time.", figures.mostConnected)
        out.add("signalbox_operators", .gauge, "Operators connected now.", figures.operators)
        out.add("signalbox_sessions_absent", .gauge, "Sessions without a connection.", figures.absent)
        out.add("signalbox_sessions_expired_total", .counter, "Sessions whose time was over.", figures.expired)
        out.add("signalbox_workers", .gauge, "Workers connected now.", figures.workers)
        out.add("signalbox_workers_stuck", .gauge, "Workers that are connected and do not move.", figures.stuck)
        out.add("signalbox_workers_flapping", .gauge, "Workers that come and go.", figures.flapping)
        let pools = figures.pools.prefix(Self.mostPools)
        out.add(
            "signalbox_pool_workers", .gauge, "Workers connected, by pool; of the first 100 pools.", by: "pool",
            pools.map { (name: $0.id.description, count: Int64($0.connected)) })
        out.add(
            "signalbox_pool_workers_stuck", .gauge, "Workers stuck, by pool; of the first 100 pools.", by: "pool",
            pools.map { (name: $0.id.description, count: Int64($0.stuck)) })
        out.add("signalbox_sockets_accepted_total", .counter, "Sockets accepted.", figures.sockets)
        out.add("signalbox_connects_total", .counter, "CONNECT packets received.", figures.connects)
        out.add("signalbox_connections_accepted_total", .counter, "Clients let in.", figures.accepted)
        out.add(
            "signalbox_connections_ended_total", .counter, "Connections that ended, by reason.", by: "reason",
            figures.gone)
        out.add("signalbox_denials_total", .counter, "Refusals, by the rule that refused.", by: "rule", figures.denied)
        out.add(
            "signalbox_sockets_refused_total", .counter, "Sockets closed before anything was read, by reason.",
            by: "reason", figures.refused)
        out.add("signalbox_strangers", .gauge, "Sockets that have not said CONNECT.", figures.strangers)
        out.add("signalbox_wills_waiting", .gauge, "Wills of an earlier start that wait to be sent.", figures.wills)
    }

    private func addTraffic(to out: inout MetricsText) {
        out.add("signalbox_packets_received_total", .counter, "MQTT packets received.", figures.packetsReceived)
        out.add("signalbox_packets_sent_total", .counter, "MQTT packets sent.", figures.packetsSent)
        out.add("signalbox_bytes_received_total", .counter, "Bytes received from clients.", figures.bytesReceived)
        out.add("signalbox_bytes_sent_total", .counter, "Bytes sent to clients.", figures.bytesSent)
        out.add("signalbox_messages_received_total", .counter, "PUBLISH packets received.", figures.publishReceived)
        out.add("signalbox_messages_sent_total", .counter, "PUBLISH packets sent.", figures.publishSent)
        out.add("signalbox_messages_dropped_total", .counter, "Messages given up.", figures.publishDropped)
        out.add("signalbox_payload_bytes_received_total", .counter, "Payload received.", figures.payloadReceived)
        out.add("signalbox_payload_bytes_sent_total", .counter, "Payload sent.", figures.payloadSent)
        out.add("signalbox_subscriptions", .gauge, "Subscriptions.", figures.subscriptions)
        out.add("signalbox_shared_subscriptions", .gauge, "Shared subscriptions.", figures.sharedSubscriptions)
        out.add("signalbox_retained_messages", .gauge, "Retained messages.", figures.stored.retained)
        out.add("signalbox_messages_queued", .gauge, "Messages that wait in sessions.", figures.stored.queued)
        out.add("signalbox_messages_in_flight", .gauge, "Messages sent, not acknowledged.", figures.stored.inFlight)
        out.add("signalbox_stored_bytes", .gauge, "Bytes of queued and retained messages.", figures.stored.bytes)
        out.add(
            "signalbox_connections_congested", .gauge, "Clients that have not read what they are sent for 10 s.",
            figures.congested)
        out.add(
            "signalbox_connections_paused", .gauge, "Clients that are not read now, by reason; one may have several.",
            by: "reason", figures.paused)
    }

    private func addQueue(to out: inout MetricsText) {
        for figure in queue.figures {
            let name = String(figure.name.map { $0 == "." ? "_" : $0 })
            out.add(
                name, figure.kind == .counter ? .counter : .gauge, "\(figure.name), as the platform counts.",
                figure.value)
        }
        out.add("signalbox_queue_wrapped_total", .counter, "Payloads that were no JSON object.", queue.wrapped)
        out.add("signalbox_queue_buried_total", .counter, "Messages that the store refused.", queue.buried)
        out.add("signalbox_queue_expired_total", .counter, "Messages nobody dealt with in time.", queue.expired)
        out.add("signalbox_queue_committed_total", .counter, "Messages committed to the queue.", figures.committed)
        let status = figures.queue
        if let age = status.oldestAge {
            out.add("signalbox_queue_oldest_seconds", .gauge, "Age of the queue's oldest message.", Double(age) / 1_000)
        }
        out.add(
            "signalbox_queue_dead_letters", .gauge, "Messages received three times, or refused by the store.",
            status.deadLetters)
        out.add("signalbox_queue_pending", .gauge, "Messages handed over and not committed.", figures.pending)
        out.add(
            "signalbox_queue_trouble", .gauge, "1 while the queue does not commit.", status.trouble == nil ? 0 : 1)
        out.add(
            "signalbox_queue_trouble_seconds_total", .counter, "For how long the queue has not committed, in all.",
            Double(figures.queueTrouble) / 1_000)
        out.add(
            "signalbox_queue_commit_seconds", "From receiving a message to its commit.",
            HistogramFigures(figures.commitLatency))
    }

    private func addProcess(to out: inout MetricsText) {
        out.add(
            "signalbox_loop_lag_seconds", "How late the event loop was, ten times a second.", HistogramFigures(loopLag))
        out.add(
            "signalbox_loop_late_turns_total", .counter, "Turns of the event loop that came more than 250 ms late.",
            figures.lateTurns)
        out.add("signalbox_memory_held_bytes", .gauge, "Bytes held for clients, as weighed.", figures.held)
        out.add("signalbox_memory_budget_bytes", .gauge, "How many may be held.", figures.memoryBudget)
        out.add(
            "signalbox_memory_pressure", .gauge, "1 for the step in force: publishers wait from high on.", by: "step",
            figures.memorySteps)
        out.add(
            "signalbox_log_level", .gauge, "1 for the log level in force.", by: "level",
            LogLevel.allCases.map { (name: $0.rawValue, count: $0 == figures.logLevel ? 1 : 0) })
        out.add("process_resident_memory_bytes", .gauge, "Resident memory size in bytes.", process.residentBytes)
        out.add("process_cpu_seconds_total", .counter, "Processor time in seconds.", process.processorSeconds)
        out.add("process_open_fds", .gauge, "Open file descriptors.", process.openDescriptors)
        out.add("process_max_fds", .gauge, "The most file descriptors.", process.mostDescriptors)
        out.add(
            "process_start_time_seconds", .gauge, "When the broker started, since 1970.",
            Double(figures.startedAt) / 1_000)
    }
}
