import AdminProtocol
import BrokerCore
import Testing

@testable import Fleet

struct PayloadTests {
    let run = ULID(high: 0x019A_BCDE_F012_3456, low: 42)

    private func text(_ report: Report, run: ULID? = nil, drained: Bool = false, timestamp: Int64? = 5) -> String {
        let posture = Report.Posture(version: "2.4.1", drained: drained, run: run)
        return String(decoding: report.payload(posture: posture, timestamp: timestamp), as: UTF8.self)
    }

    @Test func registersWithItsMetadata() {
        #expect(
            text(.registration(instance: "i-0abc", group: "asg-a")) == """
                {"type":"registration","version":"2.4.1","busy":false,"status":"IDLE",\
                "metadata":{"instance_id":"i-0abc","asg_id":"asg-a"},"timestamp":5}
                """)
    }

    @Test func saysInItsHeartbeatWhatItDoes() {
        #expect(
            text(.heartbeat) == """
                {"type":"heartbeat","version":"2.4.1","busy":false,"status":"IDLE","timestamp":5}
                """)
        #expect(
            text(.heartbeat, run: run) == """
                {"type":"heartbeat","version":"2.4.1","busy":true,"status":"BUSY","run":"\(run)","timestamp":5}
                """)
        #expect(
            text(.heartbeat, drained: true) == """
                {"type":"heartbeat","version":"2.4.1","busy":false,"status":"DRAINED","timestamp":5}
                """)
    }

    @Test func leavesAWillThatKnowsNoTime() {
        #expect(text(.gone(crashed: true), timestamp: nil) == #"{"type":"worker.gone","crashed":true}"#)
    }

    @Test func readsTheOrdersItWrites() {
        for order in [Order.assign(run: run, attempt: 3), .stop(run: run)] {
            #expect(Order(payload: order.payload(timestamp: 9)) == order)
        }
    }

    @Test(arguments: [
        "", "{", "[]", "null", #"{"type":"run_stop"}"#, #"{"type":"run_stop","run":"short"}"#,
        #"{"type":"unheard_of","run":"01K9KTVTCS8W6YB2N4R0TVK0ZZ"}"#, #"{"run":"01K9KTVTCS8W6YB2N4R0TVK0ZZ"}"#,
    ]) func takesNoOrderItDoesNotKnow(_ payload: String) {
        #expect(Order(payload: Array(payload.utf8)) == nil)
    }
}
