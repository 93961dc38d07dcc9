import AdminProtocol
import Testing

@testable import BrokerCore

@Suite struct AlarmsTests {
    @Test func saysWhatIsWrongAndSinceWhen() {
        let scene = Scene()
        #expect(scene.observatory.alerts(at: scene.now).isEmpty)
        scene.observatory.queue.trouble = "disk full"
        scene.pass(seconds: 1)
        let since = scene.now.wall
        let session = FakeSession()
        session.oldestWaiting = scene.now
        session.queuedCount = 1
        let stuck = scene.connect(1, session: session)
        for _ in 0..<6 { scene.deny(stuck) }
        for _ in 0..<4 { scene.disconnect(scene.connect(2)) }
        scene.connect(2)
        scene.observatory.note(.fought(stuck, detail: "a and b"), at: scene.now)
        scene.pass(seconds: 20)
        let alerts = scene.observatory.alerts(at: scene.now)
        #expect(
            alerts.map(\.text) == [
                "queue: disk full", "two workers, one id: \(stuck.id)", "1 worker stuck", "denied 6/min > 5/min",
                "pool eu-terraform flapping: 4 reconnects/5m",
            ])
        #expect(alerts.first?.since == since)
        #expect(alerts.map(\.view) == ["events", "workers", "workers", "denied", "workers"])
        scene.observatory.queue.trouble = nil
        session.oldestWaiting = nil
        scene.pass(seconds: 400)
        #expect(scene.observatory.alerts(at: scene.now).isEmpty)
    }
}
