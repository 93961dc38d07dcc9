import TestSupport
import Testing

@testable import BrokerCore

@Suite struct ClientWordTests {
    private func word(_ text: String) -> ClientWord {
        var word = ClientWord()
        word.learn(from: Array(text.utf8).span.bytes, at: Moment(nanoseconds: 1, wall: 1_000))
        return word
    }

    @Test func readsTheTopLevelOnly() {
        let word = word(
            #" { "nested" : {"status":"BUSY","x":"}"}, "list":[1,"]",{"version":"9"}], "version" : "2.4.1" , "busy":true,"#
                + #""timestamp":1500,"metadata":{"ami_id":"ami-1"},"text":"a\"b","run":"r-7"} "#)
        #expect(word.status == [])
        #expect(word.version == Array("2.4.1".utf8))
        #expect(word.busy == true)
        #expect(word.clockSkew == 500)
        #expect(word.metadata == Array(#"{"ami_id":"ami-1"}"#.utf8))
        #expect(word.run == Array("r-7".utf8))
    }

    @Test(arguments: [
        "", "[]", "{", "{\"", "{\"status", "{\"status\":", "{\"status\":\"x", "null", "\u{0}", "{,}", "{\"a\":{",
    ])
    func learnsNothingFromWhatIsNoObject(text: String) {
        #expect(word(text).status == [])
    }

    @Test func leavesOutWhatIsTooLongOrEscaped() {
        #expect(word(#"{"status":"\#(String(repeating: "x", count: 129))"}"#).status == [])
        #expect(word(#"{"status":"a\u0041"}"#).status == [])
    }

    @Test(arguments: 0..<10 as Range<UInt64>)
    func survivesAnyBytes(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let alphabet = Array(#"{}[]":,\ statusbuy0truenl"#.utf8) + [0, 0xFF]
        for _ in 0..<500 {
            let bytes = (0..<Int.random(in: 0...60, using: &random)).map { _ in
                alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
            }
            var word = ClientWord()
            word.learn(from: bytes.span.bytes, at: Moment(nanoseconds: 0, wall: 0))
            #expect(word.status.count <= ClientWord.valueBound)
        }
    }
}
