import Fleet
import Foundation
import MQTT
import MQTTTransport
import NIOCore
import NIOPosix
import TestSupport
import Testing

/// Everybody loses the broker at once and comes back, as after a deploy, a crash or the death of a proxy. [X-14, T-72]
///
/// The catalogue's scale is `SIGNALBOX_TEST_STORM=10000`, with TLS `SIGNALBOX_TEST_STORM_TLS=10000`: more descriptors
/// than most shells give, three for each client where a proxy stands between. How fast it is, is measured by `signalbox
/// bench storm`; here it is that nothing is lost.
@Suite(.serialized)
struct StormTests {
    enum Loss: String, CaseIterable, CustomTestStringConvertible {
        case stopped
        case killed
        case reset

        var testDescription: String { rawValue }
    }

    private static let clients = Scale.number("SIGNALBOX_TEST_STORM", 200)
    private static let clientsWithTLS = Scale.number("SIGNALBOX_TEST_STORM_TLS", 50)
    private static let will = #"{"type":"worker.gone","crashed":true}"#

    @Test(.timeLimit(.minutes(15)), arguments: Loss.allCases, [false, true])
    func allAreBackNoneIsTakenForCrashedAndTheQueueCommits(_ loss: Loss, overTLS: Bool) async throws {
        let broker = try await RunningBroker(
            openQueue: true, logLevel: "error", isLasting: true, settings: ["SIGNALBOX_WILL_GRACE_SECONDS": "600"])
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let relay = try await Relay(to: overTLS ? broker.port : broker.open, on: group)
        let pool = overTLS ? try await broker.addPool("storm").id : workerID(0)
        let target = try target(broker, overTLS: overTLS, through: loss == .reset ? relay.port : nil)
        let ids = (1...(overTLS ? Self.clientsWithTLS : Self.clients)).map { workerID($0) }
        let reactor = try Reactor()
        let storm = ReconnectStorm(
            target, ids: ids, topics: ids.map { "spacelift/readonly/\(pool)/\($0)" },
            wills: ids.map { ClientMessage(topic: "spacelift/writeonly/\(pool)/\($0)", payload: Self.will) },
            // The death of a proxy is not the broker's: what it sees is that its clients go. Only a will that waits for
            // them is not sent.
            willDelay: loss == .reset ? 600 : 0, on: reactor)
        try await elsewhere { _ = try storm.connect(seconds: 300) }

        let pulse = Pulse(
            .tcp(host: "127.0.0.1", port: Int(broker.open)), id: workerID(900_000),
            topic: "spacelift/writeonly/\(workerID(0))/\(workerID(900_000))", on: group.next())
        let asking = AskingOperator(broker.socket, on: group.next())
        async let beating: Void = pulse.beat()
        async let answering: Void = asking.ask()
        try await becomesTrue("the queue commits") { pulse.acknowledged.count > 3 && asking.answers > 3 }

        try await elsewhere { try storm.expectLoss() }
        switch loss {
        case .stopped:
            #expect(try await broker.stop(within: .seconds(60)).status == 0)
            try await broker.restart()
        case .killed: try await broker.killAndRestart()
        case .reset: relay.reset()
        }
        let outcome = try await elsewhere { try storm.awaitReturn(seconds: 300) }
        #expect(outcome.before == ids.count && outcome.back == ids.count)
        let (commits, answers) = (pulse.acknowledged.count, asking.answers)
        try await becomesTrue("the queue commits on, and operators are answered") {
            pulse.acknowledged.count > commits && asking.answers > answers
        }
        pulse.stop()
        asking.stop()
        try await beating
        try await answering
        #expect(asking.slowest < .seconds(5))
        try await elsewhere { storm.end() }
        #expect(try await broker.stop(within: .seconds(60)).status == 0)
        // Thousands on one event loop dial long before they say CONNECT, and longer than the door waits for that.
        let isRefused = broker.process.output.contains("refused at the door")
        #expect(!isRefused || ids.count > 1_000)

        let stored = try StoredQueue.messages(in: broker.data)
        let beats = Set(stored.compactMap { $0.fields["beat"] as? Int })
        #expect(beats.isSuperset(of: pulse.acknowledged), "what was acknowledged is there")
        let wills = stored.filter { $0.fields["type"] as? String == "worker.gone" }
        #expect(wills.map(\.worker).sorted() == (loss == .reset ? [] : ids))
        let cause = loss == .stopped ? "server_shutdown" : "server_crash"
        #expect(wills.allSatisfy { $0.fields["cause"] as? String == cause && $0.fields["superseded_by"] != nil })
        let times = outcome.durations.map { Duration.nanoseconds($0) }
        Scale.report(
            "X-14: \(ids.count) \(overTLS ? "TLS" : "plain") \(loss.rawValue): half back after "
                + "\(times.percentile(50).inMilliseconds), all after \(times.percentile(100).inMilliseconds), "
                + "\(outcome.failed) attempts in vain\(isRefused ? ", some refused at the door" : ""); "
                + "\(asking.answers) answers to operators, the slowest in \(asking.slowest); "
                + "\(pulse.acknowledged.count) commits, the slowest in \(pulse.slowest)")
        try await relay.close()
        try await group.shutdownGracefully()
        try await reactor.shutdownGracefully()
    }

    private func target(_ broker: RunningBroker, overTLS: Bool, through relay: Int?) throws -> ClientTarget {
        guard overTLS else { return .tcp(host: "127.0.0.1", port: relay ?? Int(broker.open)) }
        func read(_ name: String) throws -> [UInt8] { Array(try broker.directory.read(name).utf8) }
        let papers = try ClientTLS(
            certificate: read("storm-out/cert.pem"), key: read("storm.key"), trust: read("storm-out/ca.pem"),
            serverName: "localhost")
        return .tls(host: "127.0.0.1", port: relay ?? Int(broker.port), papers)
    }

    /// The storm blocks its thread, which is none that others need.
    private func elsewhere<Answer: Sendable>(_ body: @escaping @Sendable () throws -> Answer) async throws -> Answer {
        try await NIOThreadPool.singleton.runIfActive(body)
    }
}
