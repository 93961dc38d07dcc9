import Authority
import BrokerCore
import BrokerServer
import MQTTTransport
import MessageQueue
import Synchronization
import TestSupport
import Testing

/// The store stops answering while workers publish, and comes back. [T-61]
@Suite(.enabled(if: PostgresServer.missing == nil, "SKIPPED: PostgreSQL is not installed"), .timeLimit(.minutes(2)))
struct QueueAwayStories {
    /// What publishes were answered, in whatever order.
    private final class Answers: Sendable {
        private let codes = Mutex<[UInt8?]>([])

        /// 0 of success, nil where the connection ended first.
        var all: [UInt8?] { codes.withLock { $0 } }
        func note(_ code: UInt8?) { codes.withLock { $0.append(code) } }
    }

    private func publish(_ count: Int, by client: MQTTClient, to topic: String, _ answers: Answers) {
        client.run { client in
            for number in 0..<count {
                client.publish(ClientMessage(topic: topic, payload: "{\"n\":\(number)}")) { result in
                    answers.note(try? result.get())
                }
            }
        }
    }

    @Test func nobodyLosesAMessageAndNobodyIsReportedDead() async throws {
        let postgres = try await PostgresServer()
        let station = try Station()
        let url = try #require(DatabaseURL(postgres.url))
        let server = try station.start {
            $0.openQueue = true
            $0.limits.queueGrace = 100
            $0.limits.queuePatience = 2_500
            $0.store = .postgres(PostgresConfiguration(url: url))
        }
        let pool = ULIDGenerator.make()
        let ids = (0..<3).map { _ in ULIDGenerator.make().description }
        let topics = ids.map { "spacelift/writeonly/\(pool)/\($0)" }
        let modest = station.client(server.openTarget, ids[0])
        let eager = station.client(server.openTarget, ids[1])
        let eagerInbox = Inbox(of: eager)
        _ = try await modest.connect()
        _ = try await eager.connect()
        #expect(try await modest.publish(ClientMessage(topic: topics[0], payload: "{}")) == 0)

        postgres.freeze()
        let (modestAnswers, eagerAnswers) = (Answers(), Answers())
        publish(5, by: modest, to: topics[0], modestAnswers)
        publish(150, by: eager, to: topics[1], eagerAnswers)
        // What fills its Receive Maximum is not read any more, and after its time it is sent away.
        #expect(try await eagerInbox.ends(1).first == .told(0x89, reason: nil))
        #expect(eagerAnswers.all == Array(repeating: nil, count: 150))
        #expect(modestAnswers.all == [])
        let error = try await eventually("a newcomer is turned away") { () -> ClientError? in
            do {
                let newcomer = station.client(server.openTarget, ids[2])
                _ = try await newcomer.connect()
                await newcomer.disconnect()
                return nil
            } catch {
                return error as? ClientError
            }
        }
        #expect(error == .refused(0x89, reason: nil))

        postgres.thaw()
        try await becomesTrue("everything is acknowledged") {
            modestAnswers.all == Array(repeating: 0, count: 5)
        }
        try await becomesTrue("who was sent away may come back") { (try? await eager.connect()) != nil }
        #expect(try await eager.publish(ClientMessage(topic: topics[1], payload: "{}")) == 0)
        // 1 + 5 + 100 that were taken over and never acknowledged + 1.
        let stored = try await postgres.sql("SELECT count(*), count(DISTINCT ingress_key) FROM message_queue_messages")
        #expect(stored == "107|107")
    }
}
