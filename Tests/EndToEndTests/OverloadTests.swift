import Foundation
import TestSupport
import Testing

/// A broker process that has too little of something, and stands.
@Suite(.serialized)
struct OverloadTests {
    /// [X-13, T-71, T-37] Few descriptors, many who want one: those who are in stay, operators get in, nothing spins, and
    /// a reload in the middle of it loses nothing.
    @Test(arguments: [64, 44])
    func livesWithoutDescriptors(limit: Int) async throws {
        let broker = try await RunningBroker(under: ["prlimit", "--nofile=\(limit)"])
        let client = try Loopback(port: broker.open)
        try await client.send(hex("10 [ <MQTT> 04 02 003C <inside> ]"))
        #expect(try await client.receive(4) == hex("20 02 0000"))
        var crowd: [Loopback] = []
        for _ in 0..<200 { crowd.append(try Loopback(port: broker.open, from: 2)) }

        let clock = ContinuousClock()
        let (begin, cpu) = (clock.now, Self.cpuSeconds(of: broker.process.identifier))
        #expect(try await broker.signalbox("status").status == 0)
        broker.process.signal(SIGHUP)
        try await client.send(hex("C0 00"))
        #expect(try await client.receive(2) == hex("D0 00"))
        #expect(try await broker.signalbox("workers").output.contains("inside"))
        let share = (Self.cpuSeconds(of: broker.process.identifier) - cpu) / Self.seconds(clock.now - begin)
        #expect(share < 0.5, "\(share) of a core")

        crowd = []
        try await becomesTrue("there is room again") {
            let next = try Loopback(port: broker.open)
            try await next.send(hex("10 [ <MQTT> 04 02 003C <next> ]"))
            return try await next.receive(4) == hex("20 02 0000")
        }
        _ = try await broker.addPool("later")
        #expect(try await broker.stop().status == 0)
    }

    /// [T-76] A process that was held up says so.
    @Test func saysThatItWasHeldUp() async throws {
        let broker = try await RunningBroker()
        try await broker.process.says("listening")
        // More than once, if its clock did not tick yet when it was stopped.
        try await becomesTrue("it says so") {
            broker.process.signal(SIGSTOP)
            // The fault itself is time.
            try await Task.sleep(for: .milliseconds(700))
            broker.process.signal(SIGCONT)
            #expect(try await broker.signalbox("status").status == 0)
            return broker.process.output.contains("the event loop came late")
        }
        #expect(try await broker.signalbox("events").output.contains("event loop late"))
        #expect(try await broker.stop().status == 0)
    }

    /// [SD-9] No core, no new rights, no file for others.
    @Test func givesUpWhatABrokerDoesNotNeed() async throws {
        let broker = try await RunningBroker(under: ["sh", "-c", "umask 0; ulimit -c unlimited; exec \"$@\"", "sh"])
        // Files are written beside their places and moved there until then.
        try await broker.process.says("listening")
        let id = broker.process.identifier
        let limits = try String(contentsOfFile: "/proc/\(id)/limits", encoding: .utf8)
        let core = try #require(limits.split(separator: "\n").first { $0.hasPrefix("Max core file size") })
        #expect(core.split(separator: " ").dropFirst(4).first == "0", "\(core)")
        let status = try String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8)
        #expect(status.contains("NoNewPrivs:\t1"))
        for name in try FileManager.default.subpathsOfDirectory(atPath: broker.data) {
            let mode = try FileManager.default.attributesOfItem(atPath: broker.data + "/" + name)[.posixPermissions]
            #expect((mode as? Int ?? 0o777) & 0o077 == 0, "\(name)")
        }
        #expect(try await broker.stop().status == 0)
    }

    /// [X-12, T-70] Five times as much is sent as may be held: refused, told, and never more than the budget.
    @Test func holdsNoMoreThanItsBudget() async throws {
        let broker = try await RunningBroker(settings: ["SIGNALBOX_MEMORY": "64M"])
        let before = Self.resident(of: broker.process.identifier)
        // Sessions that are away and want everything.
        for number in 0..<10 {
            let reader = try Loopback(port: broker.open)
            try await reader.send(
                hex("10 [ <MQTT> 04 00 0000 <r\(number)> ] 82 [ 0001 <t/\(number)> 01 ] E0 00"))
            #expect(try await reader.receiveToEnd().count == 9)
        }
        let writer = try Loopback(port: broker.open)
        try await writer.send(hex("10 [ <MQTT> 04 02 0000 <writer> ]"))
        #expect(try await writer.receive(4) == hex("20 02 0000"))
        let payload = [UInt8](repeating: 0x78, count: 1 << 20)
        for round in 0..<200 {
            // QoS 1 of 1 MiB for one of them; who is not read now is not waited for here.
            let body = hex("0003 't/\(round % 10)' 0001") + payload
            let length = body.count
            let header: [UInt8] = [
                0x32, UInt8(length & 127 | 128), UInt8(length >> 7 & 127 | 128), UInt8(length >> 14 & 127),
            ]
            do { try await writer.send(header + body, within: .milliseconds(500)) } catch { break }
        }
        try await becomesTrue("publishers wait") { broker.process.output.contains("publishers wait") }
        let grown = Self.resident(of: broker.process.identifier) - before
        #expect(grown < 64 << 20 + 48 << 20, "\(grown >> 20) MiB")
        #expect(try await broker.stop().status == 0)
    }

    private static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }

    private static func cpuSeconds(of id: Int32) -> Double {
        let text = (try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8)) ?? ""
        let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return 0 }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    private static func resident(of id: Int32) -> Int {
        let text = (try? String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
        return (Int(line.filter(\.isNumber)) ?? 0) << 10
    }
}
