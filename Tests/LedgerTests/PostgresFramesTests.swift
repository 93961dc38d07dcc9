@testable import Ledger
import Testing

struct PostgresFramesTests {
    private func message(_ kind: Character, _ body: [UInt8]) -> [UInt8] {
        let length = body.count + 4
        return [kind.asciiValue ?? 0, 0, 0, UInt8(length >> 8), UInt8(length & 255)] + body
    }

    private let tlsRequest: [UInt8] = [0, 0, 0, 8, 0x04, 0xD2, 0x16, 0x2F]
    private let startup: [UInt8] = [0, 0, 0, 12, 0, 3, 0, 0, 0x75, 0, 0x76, 0]

    @Test func cutsAConversationInAnyPortions() {
        var frames = PostgresFrames(.toServer)
        var found: [PostgresFrames.Message] = []
        for byte in tlsRequest + startup + message("Q", Array("COMMIT\0".utf8)) + message("X", []) {
            frames.append([byte])
            while let next = frames.next() { found.append(next) }
        }
        #expect(found.map(\.kind) == [0, 0, UInt8(ascii: "Q"), UInt8(ascii: "X")])
        #expect(found.map(\.asksToCommit) == [false, false, true, false])
        #expect(found.flatMap(\.bytes).count == 8 + 12 + 12 + 5)
    }

    @Test func knowsTheAnswerToARequestForTLS() {
        var frames = PostgresFrames(.toClient)
        frames.expectTLSAnswer()
        frames.append([UInt8(ascii: "N")] + message("R", [0, 0, 0, 0]))
        #expect(frames.next()?.bytes == [UInt8(ascii: "N")])
        #expect(frames.next()?.kind == UInt8(ascii: "R"))
        #expect(frames.next() == nil)
    }

    @Test func knowsWhenAServerHasCommitted() {
        var frames = PostgresFrames(.toClient)
        frames.append(message("C", Array("INSERT 0 2\0".utf8)) + message("C", Array("COMMIT\0".utf8)))
        frames.append(message("C", Array("ROLLBACK\0".utf8)))
        #expect(frames.next()?.saysCommitted == false)
        #expect(frames.next()?.saysCommitted == true)
        #expect(frames.next()?.saysCommitted == false)
    }

    @Test func waitsForALengthThatCannotBe() {
        var frames = PostgresFrames(.toClient)
        frames.append([0x43, 0, 0, 0, 1, 9, 9, 9, 9])
        #expect(frames.next() == nil)
    }
}
