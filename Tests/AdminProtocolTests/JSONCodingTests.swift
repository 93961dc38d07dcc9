import AdminProtocol
import Testing

@Suite struct JSONCodingTests {
    @Test(arguments: [
        ("startedAt", "started_at"), ("clientID", "client_id"), ("rate10s", "rate10s"), ("inRate", "in_rate"),
        ("id", "id"), ("TLSVersion", "tls_version"), ("intervalMs", "interval_ms"), ("v", "v"), ("", ""),
    ])
    func writesNamesInSnakeCase(name: String, snake: String) {
        #expect(SnakeCase.of(name) == snake)
    }

    @Test func readsARequestAsItIsWrittenByHand() throws {
        let text = #"{"v":1,"id":"01K9","cmd":"kick","args":{"worker":"W","epoch":7},"issued_at":5,"reason":"stuck"}"#
        let request = try Request(bytes: Array(text.utf8))
        #expect(request.cmd == "kick")
        #expect(request.issuedAt == 5)
        let args = try #require(request.args)
        #expect(try args.decoded(as: Kick.self, at: "args", unknownKeys: .refused) == Kick(worker: "W", epoch: 7))
        #expect(String(decoding: request.bytes, as: UTF8.self) == text)
    }

    @Test(arguments: [
        (#"{"worker":"W"}"#, "args.epoch", "args.epoch is missing"),
        (#"{"worker":"W","epoch":"7"}"#, "args.epoch", "args.epoch must be a whole number"),
        (#"{"worker":"W","epoch":1.5}"#, "args.epoch", "args.epoch must be a whole number"),
        (#"{"worker":7,"epoch":1}"#, "args.worker", "args.worker must be text"),
        (#"{"worker":"W","epoch":1,"fire":true}"#, "args.fire", "args.fire is not known here"),
        (#"[]"#, "args", "args must be an object"),
        (#"{"worker":"W","epoch":1,"fire_will":1}"#, "args.fire_will", "args.fire_will must be true or false"),
    ])
    func namesThePlaceThatIsWrong(text: String, field: String, sentence: String) throws {
        let json = try JSON(parsing: Array(text.utf8))
        #expect(throws: AdminError(.badArgument, sentence, field: field)) {
            try json.decoded(as: Kick.self, at: "args", unknownKeys: .refused)
        }
    }

    @Test func refusesAWordThatIsNoneOfItsKind() throws {
        let json = try JSON(parsing: Array(#"{"watch":"a","what":"weather"}"#.utf8))
        #expect(throws: AdminError(.badArgument, "args.what is none of the accepted values", field: "args.what")) {
            try json.decoded(as: WatchQuery.self, at: "args", unknownKeys: .refused)
        }
    }

    @Test func forgivesANewerBroker() throws {
        let text = #"{"v":1,"id":"a","state":"done","result":{"watch":"w","more":1},"at":1,"new":[]}"#
        let answer = try Answer(bytes: Array(text.utf8))
        #expect(try answer.result?.decoded(as: WatchName.self) == WatchName(watch: "w"))
    }

    @Test func refusesARequestWithUnknownKeys() {
        #expect(throws: AdminError(.badArgument, "colour is not known here", field: "colour")) {
            try Request(bytes: Array(#"{"v":1,"id":"a","cmd":"hello","colour":1}"#.utf8))
        }
        #expect(throws: AdminError.self) { try Request(bytes: []) }
    }

    @Test func keepsTheKeysOfMetadataAsTheyCame() throws {
        let row = WorkerRow(id: "a", pool: "p", poolName: "n")
        let detail = WorkerDetail(row: row, clientID: "a", metadata: ["amiId": "x", "instance_id": "y"])
        let json = try JSON.encoding(detail)
        #expect(json["metadata"] == .object([.init("amiId", .string("x")), .init("instance_id", .string("y"))]))
        #expect(try json.decoded(as: WorkerDetail.self, unknownKeys: .refused) == detail)
    }
}
