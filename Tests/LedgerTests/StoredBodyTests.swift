import Ledger
import Testing

struct StoredBodyTests {
    private let end =
        #""timestamp":1763800000000,"worker_pool_ulid":"01K9ZZZZZZ0000000000000001","worker_ulid":"01K9ZZZZZZ0000000000000002"}"#

    @Test func findsWhatTheWorkerSent() {
        let payload = Letter(id: "01K9ZZZZZZ0000000000000003", sequence: 1, qos: 1, size: 300).payload
        let body = StoredBody(json: payload.dropLast() + Array(",\(end)".utf8))
        #expect(body?.payload == .object(payload))
        #expect(body?.pool == "01K9ZZZZZZ0000000000000001")
        #expect(body?.worker == "01K9ZZZZZZ0000000000000002")
        #expect(StoredBody.Payload.id(in: payload) == "01K9ZZZZZZ0000000000000003")
    }

    @Test func findsWhatWasNoObject() {
        let body = StoredBody(json: Array("{\"payload_base64\":\"AAEC\",\(end)".utf8))
        #expect(body?.payload == .base64(Array("AAEC".utf8)))
    }

    @Test func findsAnEmptyObject() {
        #expect(StoredBody(json: Array("{\(end)".utf8))?.payload == .object(Array("{}".utf8)))
    }

    @Test func takesNothingThatIsCutOff() {
        let whole = Array("{\"a\":1,\(end)".utf8)
        for count in 0..<whole.count { #expect(StoredBody(json: Array(whole.prefix(count))) == nil) }
        #expect(StoredBody(json: whole) != nil)
    }

    @Test(arguments: [128, 500, 5_000, 131_072])
    func makesPayloadsOfAboutTheSizeThatWasAskedFor(_ size: Int) {
        for shape in [Letter.Shape.object, .bytes] {
            let letter = Letter(id: "01K9ZZZZZZ0000000000000003", sequence: 9, qos: 1, size: size, shape: shape)
            #expect(letter.payload.count <= size)
            #expect(letter.payload.count > size - 64)
            #expect(StoredBody.Payload.id(in: letter.payload) == letter.id)
        }
    }
}
