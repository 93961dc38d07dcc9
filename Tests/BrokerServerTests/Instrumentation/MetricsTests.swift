import Foundation
import NIOCore
import Synchronization
import TestSupport
import Testing

@testable import BrokerCore
@testable import BrokerServer
@testable import MessageQueue

@Suite struct MetricsTests {
    private func metrics(_ figures: Statistics, read: ReadCounts? = ReadCounts()) -> Metrics {
        var lag = Histogram(milliseconds: [1, 10])
        for span in [0, 500_000, 5_000_000, 60_000_000] as [Int64] { lag.observe(span) }
        let process = ProcessFigures(
            residentBytes: 1, processorSeconds: 0.25, openDescriptors: 4, mostDescriptors: 1_024)
        let queue = QueueMetrics(sent: 9, total: 7, visible: nil, read: read, wrapped: 0, buried: 0, expired: 0)
        return Metrics(figures: figures, queue: queue, loopLag: lag, process: process)
    }

    @Test func isWhatPrometheusReads() throws {
        var figures = Statistics()
        figures.version = "1\"\\\n"
        figures.startedAt = 1_500
        figures.denied = [("publish.own-topic-only", 3)]
        figures.queue = QueueStatus(depth: 7, oldestAge: 1_500, deadLetters: 1, trouble: "gone")
        let read = try ExpositionFormat(String(decoding: metrics(figures).text, as: UTF8.self))
        #expect(read.value("signalbox_build_info", ["version": "1\"\\\n"]) == 1)
        #expect(read.value("signalbox_denials_total", ["rule": "publish.own-topic-only"]) == 3)
        #expect(read.value("postgres_queue_messages_total") == 7)
        #expect(read.value("signalbox_queue_oldest_seconds") == 1.5)
        #expect(read.value("signalbox_queue_trouble") == 1)
        #expect(read.value("signalbox_loop_lag_seconds_bucket", ["le": "0.001"]) == 2)
        #expect(read.value("signalbox_loop_lag_seconds_bucket", ["le": "0.01"]) == 3)
        #expect(read.value("signalbox_loop_lag_seconds_bucket", ["le": "+Inf"]) == 4)
        #expect(read.value("process_start_time_seconds") == 1.5)
        #expect(read.types["postgres_queue_messages_sent"] == "counter")
    }

    @Test func tellsWhatIsShort() throws {
        var figures = Statistics()
        figures.refused = [("failures_of_address", 2), ("room", 3)]
        figures.paused = [("queue", 4), ("memory", 0)]
        (figures.congested, figures.strangers, figures.lateTurns, figures.queueTrouble) = (5, 6, 7, 1_250)
        (figures.held, figures.memoryBudget) = (800, 1_000)
        figures.memorySteps = [("none", 0), ("high", 1)]
        let read = try ExpositionFormat(String(decoding: metrics(figures).text, as: UTF8.self))
        #expect(read.value("signalbox_sockets_refused_total", ["reason": "room"]) == 3)
        #expect(read.value("signalbox_connections_paused", ["reason": "queue"]) == 4)
        #expect(read.value("signalbox_connections_paused", ["reason": "memory"]) == 0)
        #expect(read.value("signalbox_connections_congested") == 5)
        #expect(read.value("signalbox_strangers") == 6)
        #expect(read.value("signalbox_loop_late_turns_total") == 7)
        #expect(read.value("signalbox_queue_trouble_seconds_total") == 1.25)
        #expect(read.value("signalbox_memory_held_bytes") == 800)
        #expect(read.value("signalbox_memory_budget_bytes") == 1_000)
        #expect(read.value("signalbox_memory_pressure", ["step": "high"]) == 1)
    }

    /// A counter that is always zero would be believed.
    @Test func leavesOutWhatTheStoreDoesNotKnow() throws {
        var counts = ReadCounts()
        (counts.received, counts.changedVisibility, counts.deleted) = (3, 2, 1)
        let known = try ExpositionFormat(String(decoding: metrics(Statistics(), read: counts).text, as: UTF8.self))
        #expect(known.value("postgres_queue_messages_received") == 3)
        #expect(known.value("postgres_queue_messages_changed_visibility") == 2)
        #expect(known.value("postgres_queue_messages_deleted") == 1)
        let unknown = try ExpositionFormat(String(decoding: metrics(Statistics(), read: nil).text, as: UTF8.self))
        #expect(unknown.value("postgres_queue_messages_received") == nil)
        #expect(unknown.value("postgres_queue_messages_sent") == 9)
    }

    @Test func everyFigureIsExplained() throws {
        var figures = Statistics()
        figures.queue = QueueStatus(depth: 7, oldestAge: 1_500)
        var metrics = metrics(figures)
        metrics.queue.visible = 1
        let read = try ExpositionFormat(String(decoding: metrics.text, as: UTF8.self))
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let page = try String(
            contentsOf: root.appending(path: "Sources/BrokerServer/BrokerServer.docc/Metrics.md"), encoding: .utf8)
        let explained = page.split(separator: "\n").filter { $0.hasPrefix("| `") }.map {
            String($0.dropFirst(3).prefix { $0 != "`" && $0 != "{" })
        }
        #expect(Set(explained) == Set(read.types.keys))
        #expect(explained.count == Set(explained).count)
    }

    /// [SD-12]
    @Test func hasNoMoreThanAHundredPools() throws {
        var figures = Statistics()
        figures.pools = (0..<500).map { Statistics.Pool(id: ULID(high: 1, low: $0), connected: 1, stuck: 0) }
        let read = try ExpositionFormat(String(decoding: metrics(figures).text, as: UTF8.self))
        #expect(read.samples.count { $0.name == "signalbox_pool_workers" } == 100)
    }

    @Test func looksAtTheProcess() {
        let process = ProcessFigures.look()
        #expect(process.residentBytes > 1_000_000 && process.openDescriptors > 2 && process.mostDescriptors > 2)
    }
}

@Suite struct HealthTests {
    @Test func isReadyOnlyWhileItListensAndTheStoreIsWell() {
        let health = Health(at: 0)
        let isWell = Mutex(false)
        health.needs { isWell.withLock { $0 } ? nil : "queue" }
        #expect(health.hindrance(at: 1) == "starting")
        health.enters(.listening)
        #expect(health.hindrance(at: 1) == "queue")
        isWell.withLock { $0 = true }
        #expect(health.hindrance(at: 1) == nil)
        health.enters(.draining)
        #expect(health.hindrance(at: 1) == "draining")
        #expect(health.ailment(at: 1) == nil)
    }

    @Test func isIllWhenTheLoopDoesNotTurn() {
        let health = Health(at: 0)
        // A start may wait for its database, and ends by itself.
        #expect(health.ailment(at: Health.patience + 1) == nil)
        health.enters(.listening)
        #expect(health.ailment(at: Health.patience) == nil)
        #expect(health.ailment(at: Health.patience + 1) == "stuck")
        #expect(health.hindrance(at: Health.patience + 1) == "stuck")
        health.turned(at: Health.patience)
        #expect(health.ailment(at: Health.patience + 1) == nil)
    }

    @Test func tellsFiguresToThisHostOnly() throws {
        for (ip, isOurs) in [
            ("127.0.0.1", true), ("127.9.9.9", true), ("::1", true), ("::ffff:127.0.0.1", true), ("10.0.0.1", false),
            ("::ffff:10.0.0.1", false), ("1270::1", false), ("2001:db8::127", false),
        ] {
            #expect(InstrumentationDesk.isLoopback(try SocketAddress(ipAddress: ip, port: 1)) == isOurs, "\(ip)")
        }
        #expect(!InstrumentationDesk.isLoopback(nil))
    }
}
