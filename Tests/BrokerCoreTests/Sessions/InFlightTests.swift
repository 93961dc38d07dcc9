import MQTT
import TestSupport
import Testing

@testable import BrokerCore

@Suite struct InFlightTests {
    private let delivery: Delivery = {
        let topic = TopicNode(name: [0x74], record: TopicRoster().others)
        let message = Message(
            topic: topic, payload: [], properties: [], expiresAt: .max, qos: .atLeastOnce,
            at: Moment(nanoseconds: 0, wall: 0))
        return Delivery(message, qos: .atLeastOnce, retain: false, identifiers: [])
    }()

    // covers: MQTT-2.2.1-4 (5.0)
    @Test func neverUsesAnIdentifierThatIsInUse() {
        var inFlight = InFlight()
        var random = SeededRandom(seed: 3)
        var used: [UInt16] = []
        for _ in 0..<140_000 {
            if used.count < 50 {
                let id = inFlight.append(delivery)
                #expect(id != 0 && !used.contains(id))
                used.append(id)
            } else {
                let id = used.remove(at: Int.random(in: used.indices, using: &random))
                _ = inFlight.finish(id)
                #expect(inFlight[id] == nil)
            }
        }
        #expect(inFlight.outstanding == used.count)
    }

    @Test func keepsTheOrderOfSending() {
        var inFlight = InFlight()
        let ids = (0..<5).map { _ in inFlight.append(delivery) }
        #expect(inFlight.finish(ids[1]) == 0)
        #expect(inFlight.finish(ids[0]) == 2)
        #expect(inFlight.at(0)?.id == ids[2])
        #expect(inFlight.finish(0) == 0)
        #expect(inFlight.finish(999) == 0)
        #expect(inFlight.outstanding == 3)
    }
}
