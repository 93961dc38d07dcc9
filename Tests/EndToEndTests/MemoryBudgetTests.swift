import CSQLite
import Foundation
import TestSupport
import Testing

/// More is sent than may be held: refused in steps, told, and never more than the budget and 15 %. [X-12, T-70]
///
/// What is measured is how much the process grew over the idle one, at its peak, by the system's own count. With
/// `SIGNALBOX_TEST_CONNECTIONS=9000` at full scale (some minutes; 20,000 descriptors), else with a few hundred.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct MemoryBudgetTests {
    private static let connections = Scale.number("SIGNALBOX_TEST_CONNECTIONS", 200)
    private static let isFull = connections > 1_000
    private static let budget = max(96, connections / 10) << 20
    /// What the allocator and the kernel add to what is counted has room above the budget.
    private static let most = budget / 100 * 115
    private static let payload = [UInt8](repeating: 0x78, count: 131_072)

    private func start(openQueue: Bool = false) async throws -> (broker: RunningBroker, idle: Int) {
        let broker = try await RunningBroker(
            openQueue: openQueue, isLasting: true, settings: ["SIGNALBOX_MEMORY": "\(Self.budget >> 20)M"])
        try await broker.process.says("listening")
        #expect(try await broker.signalbox("status").status == 0)
        // Nor may it ask for more: what does not fit here ends the process. Each thread may set a part aside.
        let most = broker.addressBytes + Self.most + 256 << 20
        let bounded = try await ChildProcess.run("prlimit", ["--pid", "\(broker.process.identifier)", "--as=\(most)"])
        #expect(bounded.status == 0, "\(bounded.errors)")
        let idle = broker.residentBytes
        try broker.forgetPeak()
        return (broker, idle)
    }

    /// The peak is within the budget, operators are served, and the process ends as it should.
    private func check(_ broker: RunningBroker, _ idle: Int, sourceLocation: SourceLocation = #_sourceLocation)
        async throws
    {
        #expect(try await broker.signalbox("status").status == 0, sourceLocation: sourceLocation)
        let grown = broker.peakBytes - idle
        Scale.report(
            "X-12: grew by \(grown >> 20) MiB over \(idle >> 20) MiB with a budget of \(Self.budget >> 20) MiB")
        #expect(grown <= Self.most, "\(grown >> 20) MiB", sourceLocation: sourceLocation)
        #expect(try await broker.stop().status == 0, sourceLocation: sourceLocation)
    }

    private func message(_ topic: String, _ payload: [UInt8] = Self.payload) -> [UInt8] {
        let body = hex("<\(topic)> 0001") + payload
        return [0x32] + variableByteInteger(body.count) + body
    }

    /// Readers that are away and want everything, and as many writers as are asked for.
    @Test func publishersWaitThenNewcomersAreRefusedThenTheLargestIsEnded() async throws {
        let (broker, idle) = try await start()
        // A session holds 16 MiB at most.
        let readers = Self.budget >> 22
        for number in 0..<readers {
            let reader = try Loopback(port: broker.open)
            try await reader.send(hex("10 [ <MQTT> 04 00 0000 <r\(number)> ] 82 [ 0001 <t/\(number)> 01 ] E0 00"))
            #expect(try await reader.receiveToEnd().count == 9)
        }
        let writers = try await Crowd(Self.connections, to: broker.open) { "w\($0)" }
        let messages = (0..<readers).map { message("t/\($0)") }
        try await writers.say({ messages[$0 % readers] }, within: .seconds(120), "publishers wait at 75 %") {
            broker.process.output.contains("publishers wait")
        }
        try await writers.say({ messages[$0 % readers] }, within: .seconds(120), "newcomers are refused at 90 %") {
            broker.process.output.contains("nobody new is let in")
        }
        // By and by the largest are ended, and there is room again for a moment.
        try await becomesTrue("MQTT 3.1.1 is refused") {
            let old = try Loopback(port: broker.open)
            try await old.send(hex("10 [ <MQTT> 04 02 0000 <old> ]"))
            return try await old.receive(4) == hex("20 02 0003")
        }
        try await becomesTrue("MQTT 5 is refused") {
            let new = try Loopback(port: broker.open)
            try await new.send(hex("10 [ <MQTT> 05 02 0000 {} <new> ]"))
            return try await new.receive(5).dropFirst(3).first == 0x89
        }
        try await writers.say({ messages[$0 % readers] }, within: .seconds(120), "the largest are ended at 100 %") {
            broker.process.output.contains("memory full")
        }
        // In steps: looking in between would be a race with a broker that reads on.
        let said = broker.process.output
        let waiting = try #require(said.range(of: "publishers wait"))
        let refusing = try #require(said.range(of: "nobody new is let in"))
        #expect(waiting.lowerBound < refusing.lowerBound)
        try await check(broker, idle)
    }

    /// As many objects as there can be: a byte each, and each with its places and names. Half a million take a while.
    @Test(.enabled(if: isFull, "only at full scale")) func smallMessagesAreCountedAsWhatTheyTake() async throws {
        let (broker, idle) = try await start()
        let readers = Self.budget >> 19
        for number in 0..<readers {
            let reader = try Loopback(port: broker.open)
            try await reader.send(hex("10 [ <MQTT> 04 00 0000 <r\(number)> ] 82 [ 0001 <t/\(number)> 01 ] E0 00"))
            #expect(try await reader.receiveToEnd().count == 9)
        }
        let writers = try await Crowd(Self.connections / 2, to: broker.open) { "w\($0)" }
        let portions = (0..<readers).map { number in
            [[UInt8]](repeating: message("t/\(number)", [1]), count: 500).flatMap { $0 }
        }
        var turn = 0
        try await writers.say(
            { _ in
                turn += 1
                return portions[turn % readers]
            }, within: .seconds(240), "publishers wait"
        ) { broker.process.output.contains("publishers wait") }
        try await check(broker, idle)
    }

    /// Nine tenths of a message from each, and then nothing.
    @Test func beginningsOfMessagesAreBounded() async throws {
        let (broker, idle) = try await start()
        let count = max(Self.connections, Self.budget >> 16)
        let writers = try await Crowd(count, to: broker.open) { "w\($0)" }
        let half = Array(message("t").dropLast(10_000))
        var isSaid: Set<Int> = []
        try await writers.say(
            { isSaid.insert($0).inserted ? half : [] }, within: .seconds(120), "newcomers are refused"
        ) { isSaid.count == count && broker.process.output.contains("publishers wait") }
        try await check(broker, idle)
    }

    /// One says much to many, and none of them reads.
    @Test func messagesForManyThatDoNotReadAreNotCopiedWithoutEnd() async throws {
        let (broker, idle) = try await start()
        let readers = try await Crowd(max(Self.connections, Self.budget >> 17), to: broker.open) { "r\($0)" }
        for socket in readers.sockets { try await socket.send(hex("82 [ 0001 <all> 00 ]")) }
        for socket in readers.sockets { #expect(try await socket.receive(5) == hex("90 [ 0001 00 ]")) }
        let writer = try await Crowd(1, to: broker.open) { _ in "w" }
        try await writer.say({ _ in message("all") }, within: .seconds(120), "newcomers are refused") {
            broker.process.output.contains("nobody new is let in")
        }
        try await check(broker, idle)
    }

    /// The store's file is held by another program, and workers publish on; when it is let go, they are heard.
    @Test func whatWaitsForTheStoreIsBounded() async throws {
        let (broker, idle) = try await start(openQueue: true)
        var database: OpaquePointer?
        #expect(sqlite3_open(broker.data + "/queue.sqlite", &database) == SQLITE_OK)
        defer { sqlite3_close(database) }
        #expect(sqlite3_exec(database, "BEGIN IMMEDIATE", nil, nil, nil) == SQLITE_OK)
        let workers = try await Crowd(max(Self.connections, Self.budget >> 19), to: broker.open) { workerID($0) }
        let messages = workers.sockets.indices.map { message("spacelift/writeonly/\(workerID(0))/\(workerID($0))") }
        try await workers.say({ messages[$0] }, within: .seconds(120), "publishers wait") {
            broker.process.output.contains("publishers wait")
        }
        #expect(sqlite3_exec(database, "COMMIT", nil, nil, nil) == SQLITE_OK)
        let first = try await workers.sockets[0].receive(4, within: .seconds(60))
        #expect(first.prefix(2) == [0x40, 2])
        try await check(broker, idle)
    }
}
