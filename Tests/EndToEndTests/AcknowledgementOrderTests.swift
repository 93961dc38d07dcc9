import Foundation
import TestSupport
import Testing

/// No PUBACK leaves a broker before the disk has its message: seen from outside, by what the broker asks of the
/// kernel. [T-50]
@Suite(.serialized)
struct AcknowledgementOrderTests {
    private static let watching = [
        "strace", "-D", "-f", "-q", "-y", "-s", "8192", "-e", "trace=pwrite64,fdatasync,sendto",
    ]

    private static func mayWatch() async -> Bool {
        let command = watching + ["-o", "/dev/null", "true"]
        guard let ended = try? await ChildProcess.run(command[0], Array(command.dropFirst())) else { return false }
        return ended.status == 0 && ended.errors.isEmpty
    }

    @Test(
        .enabled("SKIPPED: strace is not installed, or ptrace is not permitted here", { await mayWatch() }),
        .timeLimit(.minutes(3)))
    func everyMessageIsSyncedBeforeItsAcknowledgement() async throws {
        let place = try TemporaryDirectory()
        let trace = place.file("trace")
        let broker = try await RunningBroker(openQueue: true, under: Self.watching + ["-o", trace])
        var clients: [Loopback] = []
        for number in 0..<4 {
            let client = try Loopback(port: broker.open)
            try await client.send(hex("10 [ <MQTT> 04 02 0000 <c\(number)> ]"))
            #expect(try await client.receive(4) == hex("20 [ 00 00 ]"))
            clients.append(client)
        }
        // Several of each under way, so that commits hold messages of many; enough that the log begins again.
        let (rounds, window) = (100, 5)
        var sent = 0
        for _ in 0..<rounds {
            for (place, client) in clients.enumerated() {
                var bytes: [UInt8] = []
                for _ in 0..<window {
                    sent += 1
                    bytes += publish(sent, from: place)
                }
                try await client.send(bytes)
            }
            for client in clients { _ = try await client.receive(4 * window) }
        }
        #expect(try await broker.stop().status == 0)
        try await becomesTrue("the whole trace is written") {
            (try? String(contentsOfFile: trace, encoding: .utf8).contains("+++ exited with 0 +++")) == true
        }

        var order = SyncOrder()
        for line in try String(contentsOfFile: trace, encoding: .utf8).split(separator: "\n") { order.read(line) }
        #expect(order.acknowledged.sorted() == Array(1...sent))
        #expect(order.inversions == [])
        #expect(order.syncs >= rounds, "commits were seen")
    }

    private func publish(_ number: Int, from worker: Int) -> [UInt8] {
        let topic = "spacelift/writeonly/\(workerID(0))/\(workerID(worker))"
        let id = [UInt8(truncatingIfNeeded: number >> 8), UInt8(truncatingIfNeeded: number)]
        return hex("32 [ <\(topic)> \(shown(id)) \(shown(Array(SyncOrder.payload(number).utf8))) ]")
    }

    private static let row = Data(SyncOrder.payload(7).utf8).base64EncodedString()

    /// A checker that finds nothing anywhere would prove nothing.
    @Test(arguments: [
        (
            "in order",
            [
                #"10 pwrite64(7</q/queue.sqlite-wal>, "\5\#(row)", 4096, 24) = 4096"#,
                #"10 fdatasync(7</q/queue.sqlite-wal> <unfinished ...>"#, #"11 sendto(9<socket:[1]>, "0\2ab", 4) = 4"#,
                #"10 <... fdatasync resumed>)       = 0"#, #"11 sendto(9<socket:[1]>, "@\2\0\7", 4) = 4"#,
            ], [Int]()
        ),
        (
            "while the sync goes on",
            [
                #"10 pwrite64(7</q/queue.sqlite-wal>, "\5\#(row)", 4096, 24) = 4096"#,
                #"10 fdatasync(7</q/queue.sqlite-wal> <unfinished ...>"#,
                #"11 sendto(9<socket:[1]>, "@\2\0\7", 4) = 4"#, #"10 <... fdatasync resumed>)       = 0"#,
            ], [7]
        ),
        (
            "the sync is of what came before",
            [
                #"10 fdatasync(7</q/queue.sqlite-wal> <unfinished ...>"#,
                #"10 <... fdatasync resumed>)       = 0"#,
                #"10 pwrite64(7</q/queue.sqlite-wal>, "\5\#(row)", 4096, 24) = 4096"#,
                #"11 sendto(9<socket:[1]>, "@\2\0\7", 4) = 4"#,
            ], [7]
        ),
        (
            "the sync failed",
            [
                #"10 pwrite64(7</q/queue.sqlite-wal>, "\5\#(row)", 4096, 24) = 4096"#,
                #"10 fdatasync(7</q/queue.sqlite-wal>) = -1 EIO (Input/output error)"#,
                #"11 sendto(9<socket:[1]>, "@\2\0\7", 4) = 4"#,
            ], [7]
        ),
        (
            "the sync of another file",
            [
                #"10 pwrite64(7</q/queue.sqlite-wal>, "\5\#(row)", 4096, 24) = 4096"#,
                #"10 fdatasync(8</q/queue.sqlite>) = 0"#, #"11 sendto(9<socket:[1]>, "@\2\0\7", 4) = 4"#,
            ], [7]
        ),
    ])
    func findsAnAcknowledgementThatCameTooEarly(_ name: String, _ lines: [String], _ inversions: [Int]) {
        var order = SyncOrder()
        for line in lines { order.read(line[...]) }
        #expect(order.acknowledged == [7], "\(name)")
        #expect(order.inversions == inversions, "\(name)")
    }
}
