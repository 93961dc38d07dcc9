import Glibc
import NIOCore
import Testing

@testable import MQTTTransport

/// [T-71]
@Suite struct AcceptBackoffTests {
    @Test func waitsLongerEachTimeUpToASecondAndBeginsAnewAfterAnAccept() {
        var backoff = AcceptBackoff()
        let pauses = (0..<9).map { _ in backoff.next() }
        #expect(pauses == [10, 20, 40, 80, 160, 320, 640, 1_000, 1_000].map { TimeAmount.milliseconds($0) })
        backoff.accepted()
        #expect(backoff.next() == .milliseconds(10))
    }

    @Test func takesNoNoticeOfAPeerThatIsGoneAlready() {
        #expect(AcceptBackoff.isShortage(EMFILE))
        #expect(!AcceptBackoff.isShortage(ECONNABORTED))
        #expect(!AcceptBackoff.isShortage(EAGAIN))
    }
}
