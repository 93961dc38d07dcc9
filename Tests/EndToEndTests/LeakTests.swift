import Foundation
import TestSupport
import Testing

/// Who comes in vain, and who takes another's place, leaves nothing behind: no memory, no descriptor, no session.
/// [T-10, X-18]
///
/// At full scale, a million of each, with `SIGNALBOX_TEST_CONNECTS=1000000` (about an hour with a debug build).
@Suite(.serialized, .timeLimit(.minutes(240)))
struct LeakTests {
    private static let count = Scale.number("SIGNALBOX_TEST_CONNECTS", 3_000)
    private static let atOnce = 100

    /// Each is wrong in a way of its own, some of them after having been believed for a while.
    private static let wrong: [[UInt8]] = [
        hex("10 02 0004"), hex("C0 00"), hex("10 80 80 80 80 80"), hex("16 03 01 02 00 01 00"),
        hex("10 [ <MQTT> 09 02 003C <a> ]"), hex("10 [ <MQTT> 04 02 003C <whole> ] E0 01"),
        hex("10 [ <MQTT> 05 02 003C { 15 <SCRAM> } <a> ]"), hex("10 [ <MQTT> 04 00 003C <> ]"),
        hex("10 [ <MQTT> 05 06 003C { 11 000000FF } <b> { 18 0000000A 26 <k> <v> } <will/+> <gone> ]"),
    ]

    private let port: UInt16

    init() throws {
        port = try Loopback.freePort()
    }

    private func start() async throws -> RunningBroker {
        try await RunningBroker(
            logLevel: "error", isLasting: true,
            settings: [
                "ENABLE_INSTRUMENTATION_ENDPOINTS": "true", "SIGNALBOX_INSTRUMENTATION_LISTEN": "127.0.0.1:\(port)",
            ])
    }

    /// Of many addresses: one alone is let in no faster than it may fail.
    private func connect(_ number: Int, _ broker: RunningBroker) throws -> Loopback {
        try Loopback(port: broker.open, from: UInt8(2 + number / Self.atOnce % 250))
    }

    @Test func failedConnectsLeaveNothingBehind() async throws {
        let broker = try await start()
        try await check(broker, "failed CONNECTs") { number in
            let socket = try connect(number, broker)
            _ = socket.offer(Self.wrong[number % Self.wrong.count][...])
            return socket
        }
    }

    /// Sixteen names, with wills, sessions that outlive their connections, subscriptions and a message to itself.
    @Test func takeoversLeaveNothingBehind() async throws {
        let broker = try await start()
        try await check(broker, "takeovers") { number in
            let socket = try connect(number, broker)
            let name = "n\(number % 16)"
            let connect = hex("10 [ <MQTT> 05 0C 003C { 11 00000002 } <\(name)> { 18 00000001 } <will> <gone> ]")
            let work = hex("82 [ 0001 {} <t/\(name)> 01 ] 32 [ <t/\(name)> 0001 {} 'x' ]")
            _ = socket.offer((connect + work)[...])
            return socket
        }
    }

    /// The second half of all costs nothing that the first half did not: the process is as large as it ever will be.
    private func check(_ broker: RunningBroker, _ what: String, _ connect: (Int) throws -> Loopback) async throws {
        var resident: [Int] = []
        var descriptors: [Int] = []
        for half in 0..<2 {
            for start in stride(from: half * Self.count / 2, to: (half + 1) * Self.count / 2, by: Self.atOnce) {
                let sockets = try (start..<start + Self.atOnce).map(connect)
                // Everybody is answered, or closed without a word.
                for socket in sockets { _ = try await socket.receive(1) }
            }
            try await becomesTrue(within: .seconds(60), "nobody is connected, and nothing is kept of anybody") {
                let scraped = try await ChildProcess.run("curl", ["-sS", "http://127.0.0.1:\(port)/metrics"])
                let read = try ExpositionFormat(scraped.output)
                return read.value("signalbox_connections") == 0 && read.value("signalbox_sessions_absent") == 0
                    && read.value("signalbox_subscriptions") == 0
            }
            resident.append(broker.residentBytes)
            // Of some looks the one that finds the least: the last may be closed a moment after it was counted.
            var least = broker.descriptors
            for _ in 0..<20 {
                try await Task.sleep(for: .milliseconds(25))
                least = min(least, broker.descriptors)
            }
            descriptors.append(least)
        }
        let growth = resident[1] - resident[0]
        Scale.report(
            "X-18: \(what): \(Self.count), resident \(resident.map { $0 >> 10 }) KiB, descriptors \(descriptors)")
        // What is forgotten each time is seen from 64 bytes on at full scale, and from 1,400 on at the usual one: two
        // megabytes come and go with the allocator.
        #expect(growth < max(2 << 20, Self.count / 2 * 64), "\(growth) bytes")
        #expect(abs(descriptors[1] - descriptors[0]) <= 2, "\(descriptors)")
        #expect(try await broker.stop().status == 0)
    }
}
