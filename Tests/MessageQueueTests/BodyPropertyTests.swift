import BrokerCore
import Foundation
import TestSupport
import Testing

@testable import MessageQueue

private let pool = ULID(high: 0x0193_5A2B_3C4D_0001, low: 2)
private let worker = ULID(high: 0x0193_5A2B_3C4D_0003, low: 4)

/// JSON as anybody might write it, with what must be left of it.
private struct Writer {
    var random: SeededRandom

    mutating func pick(_ texts: [String]) -> String { texts[Int.random(in: 0..<texts.count, using: &random)] }

    mutating func blanks() -> String { pick(["", "", "", " ", "\n", "\t \r\n"]) }

    mutating func name() -> String {
        pick(["type", "a", "a", "", "é😀", "timestamps", "nested_worker_ulid", "\\u0000", "\\\"", "\\ud83d\\ude00"])
    }

    mutating func ours() -> String {
        pick(["timestamp", "worker_ulid", "worker_pool_ulid", "time\\u0073tamp", "\\u0077orker_ulid"])
    }

    /// Numbers are spelled in all the ways that reading and writing them again would change.
    mutating func value(_ depth: Int) -> String {
        guard depth < 4, Bool.random(using: &random) else {
            return pick([
                "0", "-0", "1.0", "1.50", "1E+2", "1e-7", "12345678901234567890123",
                "0.1000000000000000055511151231257827",
                "true", "false", "null", "\"\"", "\"\\u0000\\/\"", "\"é\"", "\"\\ud800\"", "{}", "[]", "[ ]",
            ])
        }
        let count = Int.random(in: 0...3, using: &random)
        guard Bool.random(using: &random) else {
            return "[" + (0..<count).map { _ in "\(blanks())\(value(depth + 1))\(blanks())" }.joined(separator: ",")
                + "]"
        }
        return "{"
            + (0..<count).map { _ in "\(blanks())\"\(name())\"\(blanks()):\(value(depth + 1))" }
            .joined(separator: ",") + "}"
    }

    /// An object, and its members that the broker leaves, in their order and bytes.
    mutating func object() -> (text: String, kept: [String]) {
        var kept: [String] = []
        let members = (0..<Int.random(in: 0...6, using: &random)).map { _ -> String in
            let isOurs = Int.random(in: 0..<4, using: &random) == 0
            let name = isOurs ? ours() : name()
            let member = "\(blanks())\"\(name)\"\(blanks()):\(blanks())\(value(0))\(blanks())"
            if !isOurs { kept.append(member) }
            return member
        }
        let inside = members.isEmpty ? blanks() : members.joined(separator: ",")
        return ("\(blanks()){\(inside)}\(blanks())", kept)
    }
}

@Suite struct BodyPropertyTests {
    private func body(_ payload: [UInt8], at timestamp: Int64 = 1) -> MessageBody {
        MessageBody(payload, timestamp: timestamp, pool: pool, worker: worker)
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func everyMemberThatIsNotOursIsLeftAsItIs(seed: UInt64) {
        var writer = Writer(random: SeededRandom(seed: seed))
        for _ in 0..<100 {
            let (text, kept) = writer.object()
            let made = body(Array(text.utf8), at: 1_763_812_800_123)
            let added =
                "\"timestamp\":1763812800123,\"worker_pool_ulid\":\"\(pool)\",\"worker_ulid\":\"\(worker)\"}"
            #expect(!made.wrapped, "\(text)")
            #expect(
                String(decoding: made.json, as: UTF8.self) == "{" + kept.map { $0 + "," }.joined() + added, "\(text)")
        }
    }

    /// Whatever a worker sends comes back from the body: as its members, or from `payload_base64`.
    @Test(arguments: 1...5 as ClosedRange<UInt64>)
    func bytesOfAnyKindAreCarriedWhole(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for _ in 0..<100 {
            let payload = (0..<Int.random(in: 0...300, using: &random)).map { _ in
                UInt8.random(in: .min ... .max, using: &random)
            }
            let made = body(payload)
            let object = try #require(JSONSerialization.jsonObject(with: Data(made.json)) as? [String: Any])
            #expect(made.wrapped)
            #expect(Data(base64Encoded: object["payload_base64"] as? String ?? "?") == Data(payload))
        }
    }

    /// What is read is byte for byte what was written.
    @Test(arguments: QueuePlace.Kind.here)
    func aStoreGivesBackTheBytesItWasGiven(kind: QueuePlace.Kind) async throws {
        let place = try await QueuePlace(kind)
        let large = "{\"a\":\"" + String(repeating: "é", count: 65_532) + "\"}"
        let payloads: [[UInt8]] = [
            [], [0], [0xFF, 0xFE], Array("[1,2]".utf8), Array("{\"n\":1.50,\"n\":1E+2}".utf8),
            Array("{\"\\u0000\":\"\\ud800\"}".utf8), Array(large.utf8), [UInt8](repeating: 0xA5, count: 131_072),
        ]
        let bodies = payloads.map { body($0).base64 }
        try place.store.append(
            bodies.enumerated().map {
                QueueMessage(
                    key: .init(epoch: "1", ticket: Ticket($0.offset + 1)), worker: worker, body: $0.element,
                    enqueuedAt: QueueClock.wall())
            })
        #expect(try place.reader.peek(atMost: 100, after: 0).map(\.body) == bodies)
        #expect(try place.reader.receive(atMost: 10, visibility: 1_000).map(\.body) == bodies)
    }
}
