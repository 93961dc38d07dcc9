import Authority
import BrokerCore
import BrokerServer
import Glibc
import MQTT
import MQTTTransport
import NIOPosix
import TestSupport
import Testing

/// Those who come to the door and take for ever. [X-20, T-02, T-21]
///
/// The catalogue's scale is `SIGNALBOX_TEST_SLOW_SOCKETS=10000`, a kind at a time with `SIGNALBOX_TEST_SLOW_KIND=0` to 3:
/// more descriptors than most shells give, and memory is of both ends where a kind speaks TLS to its end.
@Suite(.timeLimit(.minutes(2)), .serialized) struct SlowlorisStories {
    private static let sockets = Scale.number("SIGNALBOX_TEST_SLOW_SOCKETS", 200)
    private static let kind = Scale.number("SIGNALBOX_TEST_SLOW_KIND", -1)

    private enum Kind: String, CaseIterable {
        case silent
        case dripping
        case drippingTLS
        case silentTLS
    }

    /// Nothing; a CONNECT or a ClientHello of a byte a second; TLS to its end and then nothing.
    @Test func thoseWhoTakeForEverAreClosedAfterFiveSecondsAndKeepNobodyOut() async throws {
        let station = try Station()
        let papers = try station.poolInFiles("eu").papers
        let sockets = SlowlorisStories.sockets
        let server = try station.start {
            $0.limits.strangers = max($0.limits.strangers, sockets * 2)
            $0.limits.failuresPerSource = max($0.limits.failuresPerSource, sockets)
        }
        let good = station.client(server.openTarget, "good")
        _ = try await good.connect()
        await good.disconnect()

        let kinds = Kind.allCases.enumerated().filter { [-1, $0.offset].contains(SlowlorisStories.kind) }.map(\.element)
        let silent = try SilentTLS(papers, port: server.workersPort)
        let before = residentBytes()
        let places = (open: server.openPort, workers: server.workersPort)
        async let crowd = NIOThreadPool.singleton.runIfActive {
            try SlowlorisStories.besiege(places, sockets, kinds, silent)
        }
        var entrances: [Duration] = []
        for _ in 0..<20 {
            let began = ContinuousClock.now
            let client = station.client(server.openTarget, "good")
            _ = try await client.connect()
            entrances.append(ContinuousClock.now - began)
            await client.disconnect()
            try await Task.sleep(for: .milliseconds(200))
        }
        let (lives, most) = try await crowd
        #expect(silent.failures == [])
        #expect(lives.count == sockets)
        // Nobody is sent away before his time; a test that is late to see its own calls taken sees them live shorter.
        #expect(lives.allSatisfy { $0 > .seconds(2) }, "\(lives.min() ?? .zero)")
        // Whoever drips would be through after more than half a minute; a slow machine accepts late and looks late.
        #expect(lives.allSatisfy { $0 < .seconds(15) }, "\(lives.max() ?? .zero)")
        let each = (most - before) / sockets
        Scale.report(
            "X-20: \(sockets) sockets, \(kinds.map(\.rawValue)); closed after \(lives.min()?.inMilliseconds ?? "-") to "
                + "\(lives.max()?.inMilliseconds ?? "-"); a good client is in after at most "
                + "\(entrances.max()?.inMilliseconds ?? "-"); \(each) bytes of memory each")
    }

    /// How long each lived, and the most memory there was.
    private static func besiege(
        _ port: (open: UInt16, workers: UInt16), _ sockets: Int, _ kinds: [Kind], _ silent: SilentTLS
    ) throws -> ([Duration], Int) {
        let connect = hex("10 [ <MQTT> 05 02 003C {} <one-that-takes-its-time> ]")
        // The beginning of a ClientHello, RFC 8446, 4.1.2.
        let hello = hex("16 03 01 02 00 01 00 01 FC 03 03") + [UInt8](repeating: 0x5A, count: 32)
        let crowd = Crowd()
        for number in 0..<sockets {
            let host = UInt8(2 + number / kinds.count % 8)
            switch kinds[number % kinds.count] {
            case .silent: try crowd.dial(port.open, from: host)
            case .dripping: try crowd.dial(port.open, from: host, then: connect)
            case .drippingTLS:
                try crowd.dial(
                    port.workers, from: host, saying: Array(hello.prefix(3)), then: Array(hello.dropFirst(3)))
            case .silentTLS: silent.dial(from: host)
            }
            if number % 64 == 0 { crowd.look() }
        }
        let began = ContinuousClock.now
        var (most, drips) = (0, 0)
        while crowd.lives.count + silent.lives.count < sockets {
            let passed = ContinuousClock.now - began
            guard passed < .seconds(60) else {
                throw Overdue(description: "\(sockets - crowd.lives.count - silent.lives.count) sockets are not closed")
            }
            if passed > .seconds(drips) {
                crowd.drip()
                drips += 1
                most = max(most, residentBytes())
            }
            crowd.look(20)
        }
        return (crowd.lives + silent.lives, most)
    }
}

/// What this process holds, in bytes. proc(5)
private func residentBytes() -> Int {
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 128)
    guard fgets(&line, 128, file) != nil else { return 0 }
    let words = line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }.split(separator: 0x20)
    return words.count > 1
        ? (Int(String(decoding: words[1], as: UTF8.self)) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE))) : 0
}
