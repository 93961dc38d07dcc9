import BrokerCore
import Foundation
import MQTT
import TestSupport
import Testing

@testable import MessageQueue

private let pool = ULID(high: 0x0193_5A2B_3C4D_0001, low: 2)
private let worker = ULID(high: 0x0193_5A2B_3C4D_0003, low: 4)
private let added = #""timestamp":1763812800123,"worker_pool_ulid":"\#(pool)","worker_ulid":"\#(worker)"}"#

private func body(_ payload: [UInt8]) -> MessageBody {
    MessageBody(payload, timestamp: 1_763_812_800_123, pool: pool, worker: worker)
}

private func json(_ payload: String) -> String {
    String(decoding: body(Array(payload.utf8)).json, as: UTF8.self)
}

@Suite struct MessageBodyTests {
    @Test func addsThreeFieldsToTheWorkersObject() {
        #expect(json(#"{"type":"heartbeat"}"#) == #"{"type":"heartbeat","# + added)
        #expect(json("{}") == "{" + added)
        #expect(json(" { } ") == "{" + added)
    }

    /// [T-62]
    @Test func marksAWillThatTheBrokersOwnEndCaused() throws {
        let name = KeptWill.Name(pool: pool, clientID: try ClientID(validating: worker.bytes), epoch: 5)
        func json(_ payload: String, _ mark: WillMark) -> String {
            let body = MessageBody(
                Array(payload.utf8), timestamp: 1_763_812_800_123, pool: pool, worker: worker, will: mark)
            return String(decoding: body.json, as: UTF8.self)
        }
        let gone = #"{"type":"worker.gone","cause":"liar","superseded_by":1}"#
        let superseded = WillMark(name: name, cause: .serverCrash, supersededBy: 77)
        #expect(
            json(gone, superseded)
                == #"{"type":"worker.gone","cause":"server_crash","superseded_by":77,"# + added)
        #expect(
            json(gone, WillMark(name: name, cause: .serverShutdown))
                == #"{"type":"worker.gone","cause":"server_shutdown","# + added)
        // Lost by itself, and back before that could be said.
        #expect(
            json(gone, WillMark(name: name, supersededBy: 77))
                == #"{"type":"worker.gone","superseded_by":77,"# + added)
        // An ordinary one is as the worker wrote it.
        #expect(json(gone, WillMark(name: name)) == gone.dropLast() + "," + added)
        #expect(json("{}", superseded) == #"{"cause":"server_crash","superseded_by":77,"# + added)
    }

    @Test(arguments: [
        #"{"a":1.0,"b":1e5,"c":12345678901234567890123,"d":-0,"e":0.1E-7}"#,
        #"{ "a" : [ 1 , { "timestamp" : 2 } , [ ] , { } ] ,"# + "\n\t\"b\":null}",
        #"{"a":"\u0000\ud800\"\\\/é😀","a":"twice","":true,"timestamps":false}"#,
        #"{"nested":{"worker_ulid":"kept"}}"#,
    ])
    func leavesTheWorkersBytesAsTheyAre(_ payload: String) {
        #expect(json(payload) == payload.dropLast() + "," + added)
        #expect(!body(Array(payload.utf8)).wrapped)
    }

    @Test(arguments: [
        (#"{"timestamp":1}"#, "{"), (#"{"timestamp":1,"a":2}"#, #"{"a":2,"#),
        (#"{"a":2,"worker_ulid":{"x":[1]},"b":3}"#, #"{"a":2,"b":3,"#),
        (#"{"worker_pool_ulid":"evil","worker_pool_ulid":"evil again"}"#, "{"),
        (#"{"time\u0073tamp":1,"worker\u005fulid":2, "a" : 3 }"#, #"{ "a" : 3 ,"#),
        (#"{"Timestamp":1,"timestamp\u0000":2}"#, #"{"Timestamp":1,"timestamp\u0000":2,"#),
    ])
    func theAddedFieldsWinHoweverTheNameIsWritten(_ payload: String, _ kept: String) {
        #expect(json(payload) == kept + added)
    }

    @Test(arguments: [
        "", " ", "null", "1", "\"text\"", "[1]", "{", "}", "{}}", "{} {}", "{,}", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#,
        #"{a:1}"#, #"{"a":01}"#, #"{"a":1.}"#, #"{"a":.5}"#, #"{"a":+1}"#, #"{"a":1e}"#, #"{"a":NaN}"#, #"{"a":tru}"#,
        #"{"a":"\x"}"#, #"{"a":"\u12G4"}"#, #"{"a":"x}"#, #"{"a":[1,]}"#, #"{"a":[1}"#, #"{"a":{"b":1]}"#,
        #"{"a":1 2}"#,
        "{\"a\":\"\n\"}", "{\"a\":\"\u{0}\"}", "\u{FEFF}{}", "{'a':1}", "{\"a\":1}\u{0}", "// x\n{}",
    ])
    func whatIsNoObjectIsCarriedAsBase64(_ payload: String) {
        let body = body(Array(payload.utf8))
        #expect(body.wrapped)
        let base64 = Data(payload.utf8).base64EncodedString()
        #expect(String(decoding: body.json, as: UTF8.self) == #"{"payload_base64":"\#(base64)","# + added)
    }

    @Test func invalidUTF8IsCarriedAsBase64() {
        for bytes in [hex("'{\"a\":\"' FF '\"}'"), hex("'{\"a\":\"' C0 80 '\"}'"), hex("'{\"a\":\"' ED A0 80 '\"}'")] {
            #expect(body(bytes).wrapped)
        }
    }

    @Test func depthIsBoundedAndCostsNoStack() {
        let deep = { (count: Int) in
            "{\"a\":" + String(repeating: "[", count: count) + String(repeating: "]", count: count) + "}"
        }
        let (enough, tooMuch) = (body(Array(deep(512).utf8)), body(Array(deep(513).utf8)))
        #expect(!enough.wrapped)
        #expect(tooMuch.wrapped)
        #expect(body(Array("{\"a\":".utf8) + [UInt8](repeating: UInt8(ascii: "["), count: 131_000)).wrapped)
    }

    @Test func aLargeMessageIsStoredWhole() throws {
        let text = String(repeating: "x", count: 131_072 - 8)
        let stored = body(Array(#"{"a":"\#(text)"}"#.utf8))
        let decoded = try #require(Data(base64Encoded: String(decoding: stored.base64, as: UTF8.self)))
        #expect([UInt8](decoded) == stored.json)
        let object = try #require(JSONSerialization.jsonObject(with: decoded) as? [String: Any])
        #expect(object["a"] as? String == text)
        #expect(object["worker_ulid"] as? String == worker.description)
    }

    @Test func whatItMakesIsAlwaysAnObjectWithTheBrokersFields() throws {
        var random = SeededRandom(seed: 11)
        let seed = Array(#"{"a":[1,{"b":"\u00e9"}],"timestamp":5,"worker_ulid":"x","c":null}"#.utf8)
        let letters = Array(#"{}[],:"\u0019-.eEtfn aé"#.utf8)
        for _ in 0..<3_000 {
            var payload = seed
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<payload.count, using: &random)
                let letter = letters[Int.random(in: 0..<letters.count, using: &random)]
                if Bool.random(using: &random) {
                    payload[place] = letter
                } else {
                    payload.insert(letter, at: place)
                }
            }
            let made = body(payload)
            let object = try JSONSerialization.jsonObject(with: Data(made.json)) as? [String: Any]
            #expect(object?["timestamp"] as? Int64 == 1_763_812_800_123)
            #expect(object?["worker_ulid"] as? String == worker.description)
            #expect(object?["worker_pool_ulid"] as? String == pool.description)
            let isObject = (try? JSONSerialization.jsonObject(with: Data(payload))) is [String: Any]
            #expect(made.wrapped || isObject, "\(String(decoding: payload, as: UTF8.self))")
        }
    }

    @Test func base64IsThatOfEverybodyElse() {
        var random = SeededRandom(seed: 3)
        for count in 0..<100 {
            let bytes = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
            #expect(String(decoding: Base64.encode(bytes), as: UTF8.self) == Data(bytes).base64EncodedString())
        }
    }
}
