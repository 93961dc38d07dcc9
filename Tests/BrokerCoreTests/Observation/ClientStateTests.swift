import AdminProtocol
import Testing

@testable import BrokerCore

@Suite struct ClientStateTests {
    @Test func believesAWorkersOwnWord() {
        let scene = Scene()
        let client = scene.connect(1)
        #expect(client.state == .ok)
        for (text, state) in [
            (#"{"type":"heartbeat","status":"BUSY","run":"r1","version":"2.4.1"}"#, "busy"),
            (#"{"status":"IDLE","run":null}"#, "idle"), (#"{"status":"drained"}"#, "drained"),
        ] {
            scene.receive(text, from: client)
            scene.pass(seconds: 1)
            #expect(client.state.rawValue == state)
        }
        #expect(client.story.word.shownVersion == "2.4.1")
        #expect(client.story.word.shownRun == nil)
    }

    @Test func callsAWorkerStuckWhoseQueueDoesNotMove() {
        let scene = Scene()
        let session = FakeSession()
        let client = scene.connect(1, session: session)
        scene.pass(seconds: 100)
        session.oldestWaiting = scene.now
        session.inFlightCount = 2
        session.queuedCount = 1
        scene.pass(seconds: 14)
        #expect(client.state == .ok)
        scene.pass(seconds: 1)
        #expect(client.state == .stuck)
        #expect(
            client.why(at: scene.now, stuckAfter: Limits().stuckAfter)
                == "3 messages not acknowledged for 15s, pings still come")
        client.lastAcknowledgedNanoseconds = scene.now.nanoseconds
        scene.pass(seconds: 1)
        #expect(client.state == .ok)
    }

    @Test func callsAWorkerStuckWhoseHeartbeatsStopped() {
        let scene = Scene()
        let client = scene.connect(1)
        for _ in 0..<4 {
            scene.receive(#"{"type":"heartbeat"}"#, from: client)
            scene.pass(seconds: 10)
        }
        scene.pass(seconds: 29)
        #expect(client.state == .ok)
        scene.pass(seconds: 1)
        #expect(client.state == .stuck)
        #expect(
            client.why(at: scene.now, stuckAfter: Limits().stuckAfter)
                == "no heartbeat for 40s, usually every 10s, pings still come")
        scene.disconnect(client)
        scene.connect(1)
        scene.pass(seconds: 60)
        #expect(client.state == .ok, "the rhythm of another connection is not expected of this one")
    }

    @Test func callsAWorkerFlappingThatReconnectsThreeTimesInFiveMinutes() {
        let scene = Scene()
        let client = scene.connect(1)
        for times in 1...3 {
            scene.disconnect(client, .socketClosed)
            scene.pass(seconds: 5)
            #expect(client.state == .gone)
            scene.connect(1)
            #expect(client.story.flaps(at: scene.now) == times)
            #expect((client.state == .flap) == (times == 3))
        }
        #expect(client.why(at: scene.now, stuckAfter: Limits().stuckAfter) == "3 reconnects in 5 min")
        scene.pass(seconds: 301)
        #expect(client.state == .ok)
    }

    @Test func callsAWorkerFoughtOverAfterTwoTakeoversInAMinute() {
        let scene = Scene()
        let client = scene.connect(1)
        scene.observatory.note(.takenOver(client, from: "a:1", to: "b:1"), at: scene.now)
        scene.pass(seconds: 1)
        #expect(client.state == .ok)
        scene.observatory.note(.takenOver(client, from: "b:1", to: "a:2"), at: scene.now)
        scene.pass(seconds: 1)
        #expect(client.state == .take)
        scene.pass(seconds: 61)
        #expect(client.state == .ok)
    }

    @Test func givesEveryConnectionALargerEpoch() {
        let scene = Scene()
        let client = scene.connect(1)
        let first = client.epoch
        #expect(first >= scene.now.wall)
        scene.disconnect(client)
        scene.connect(1)
        #expect(client.epoch > first)
    }

    @Test(
        arguments: [
            (0, "0s"), (59, "59s"), (60, "1m00s"), (751, "12m31s"), (3_600, "1h00m"), (90_000, "1d01h"), (-5, "0s"),
        ] as [(Int64, String)])
    func writesSpans(seconds: Int64, text: String) {
        #expect(Span.text(seconds * 1_000_000_000) == text)
    }
}
