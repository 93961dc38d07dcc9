import MQTT
import TestSupport
import Testing

@testable import BrokerCore

/// Who is ended first does not depend on the order in which they are looked at. [T-70]
@Suite struct LargestConsumersTests {
    private func session(_ name: String) -> Session {
        let id = clientID(name)
        return Session(
            key: SessionKey(.open, id), principal: .open, worker: nil,
            record: Stage().withBroker { broker, _ in broker.observatory.client(of: .open, clientID: id.bytes) })
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func findsTheSameFewInAnyOrder(_ seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let sizes = [3, 5, 5, 1, 4, 5, 2, 4]
        let all = sizes.enumerated().map { (session: session("s\($0.offset)"), bytes: $0.element) }
        for most in 1...9 {
            var largest = LargestConsumers(most: most)
            for (session, bytes) in all.shuffled(using: &random) { largest.consider(session, holding: bytes) }
            let names = largest.sessions.map { String(decoding: $0.clientID.bytes, as: UTF8.self) }
            #expect(names == Array(["s5", "s2", "s1", "s7", "s4", "s0", "s6", "s3"].prefix(most)))
        }
    }

    @Test func findsNobodyWhereNobodyIs() {
        #expect(LargestConsumers(most: 3).sessions.isEmpty)
    }
}
