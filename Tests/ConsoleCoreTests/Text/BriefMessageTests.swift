import Testing

@testable import ConsoleCore

@Suite struct BriefMessageTests {
    @Test func saysWhyAndWhereBeforeTheRest() {
        let gone = "client gone connection=10.4.1.9:51822 reason=socket closed detail=without DISCONNECT, after 4s"
        #expect(BriefMessage(gone).text == "client gone  socket closed  10.4.1.9:51822  without DISCONNECT, after 4s")
    }

    @Test func leavesASentenceAlone() {
        #expect(BriefMessage("resend id 4411, dup=1").text == "resend id 4411,  1")
        #expect(BriefMessage("commit took 2.1 s").text == "commit took 2.1 s")
        #expect(BriefMessage("a =b X=1 =").text == "a =b X=1 =")
        #expect(BriefMessage("").text.isEmpty)
    }
}
