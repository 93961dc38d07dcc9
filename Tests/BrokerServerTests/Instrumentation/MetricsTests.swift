import NIOCore
import Synchronization
import TestSupport
import Testing

@testable import BrokerCore
@testable import BrokerServer
@testable import MessageQueue

@Suite struct MetricsTests {
    private func metrics(_ figures: Statistics) -> Metrics {
        var lag = Histogram(milliseconds: [1, 10])
        for span in [0, 500_000, 5_000_000, 60_000_000] as [Int64] { lag.observe(span) }
        let process = ProcessFigures(
            residentBytes: 1, processorSeconds: 0.25, openDescriptors: 4, mostDescriptors: 1_024)
        let queue = QueueMetrics(sent: 9, total: 7, visible: nil, wrapped: 0, buried: 0, expired: 0)
        return Metrics(figures: figures, queue: queue, loopLag: lag, process: process, startedAt: 1_500)
    }

    @Test func isWhatPrometheusReads() throws {
        var figures = Statistics()
        figures.version = "1\"\\\n"
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
