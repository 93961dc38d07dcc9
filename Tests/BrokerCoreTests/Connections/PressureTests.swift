import BrokerCore
import MQTT
import Testing

/// What happens when somebody does not read as fast as others write.
@Suite struct PressureTests {
    let stage = Stage()
    private let kilobyte = String(repeating: "x", count: 1_024)

    // covers: MQTT-4.1.0-1 (5.0)
    @Test func holdsUpTheWriterRatherThanLoseMessages() {
        let reader = stage.client("reader")
        let writer = stage.client("writer")
        _ = stage.subscribe(reader, "t", qos: .atLeastOnce)
        stage.stuck.insert(reader)
        for number in 0..<1_500 {
            stage.publish(writer, "t", kilobyte, qos: .atLeastOnce, packetID: UInt16(number % 50 + 1))
        }
        #expect(stage.paused.contains(writer))
        stage.unstick(reader)
        var ids = stage.publishes(reader).map(\.packetID)
        var count = ids.count
        while !ids.isEmpty {
            for id in ids { stage.send(.pubAck(Acknowledgement(packetID: id)), from: reader) }
            ids = stage.publishes(reader).map(\.packetID)
            count += ids.count
        }
        #expect(count == 1_500)
        #expect(!stage.paused.contains(writer))
    }

    @Test func doesNotWaitForAReaderThatNeverMoves() {
        let reader = stage.client("reader")
        let writer = stage.client("writer", keepAlive: 2)
        _ = stage.subscribe(reader, "t")
        stage.stuck.insert(reader)
        for _ in 0..<300 { stage.publish(writer, "t", kilobyte) }
        #expect(stage.paused.contains(writer))
        stage.pass(2.6)
        #expect(!stage.paused.contains(writer))
        #expect(!stage.closed.contains(writer))
    }

    @Test func cutsAWorkerThatDoesNotRead() {
        let worker = stage.client("\(Cast.worker)", .worker(pool: Cast.pool), version: .v311)
        let backend = stage.client("server", .backend(name: "server"))
        _ = stage.subscribe(worker, Cast.readonly)
        stage.stuck.insert(worker)
        for _ in 0..<1_100 { stage.publish(backend, Cast.readonly, kilobyte) }
        #expect(stage.closed.contains(worker))
        #expect(!stage.closed.contains(backend))
    }

    @Test func cutsWhoTakesNothingForHalfAMinute() {
        let reader = stage.client("reader")
        let writer = stage.client("writer")
        _ = stage.subscribe(reader, "t")
        stage.stuck.insert(reader)
        stage.publish(writer, "t", "x")
        stage.pass(29.9)
        #expect(!stage.closed.contains(reader))
        stage.pass(0.6)
        #expect(stage.closed.contains(reader))
    }

    @Test func doesNotPileUpAnswersForWhoDoesNotRead() {
        let id = stage.client("a")
        stage.stuck.insert(id)
        let pings = [[UInt8]](repeating: [0xC0, 0], count: 200_000).flatMap { $0 }
        stage.send(pings, from: id)
        #expect(stage.paused.contains(id))
        stage.unstick(id)
        #expect(!stage.paused.contains(id))
    }

    // covers: MQTT-4.1.0-1 (5.0)
    @Test func keepsWhatACutReaderHadNotAcknowledged() {
        let kept: Properties = [.sessionExpiryInterval(600)]
        let reader = stage.client("reader", cleanStart: false, properties: kept)
        let writer = stage.client("writer")
        _ = stage.subscribe(reader, "t", qos: .atLeastOnce)
        stage.stuck.insert(reader)
        for number in 0..<10 { stage.publish(writer, "t", "\(number)", qos: .atLeastOnce) }
        stage.pass(31)
        #expect(stage.closed.contains(reader))
        let again = stage.client("reader", cleanStart: false, properties: kept)
        #expect(stage.publishes(again).map(\.text) == (0..<10).map { "\($0)" })
    }
}
