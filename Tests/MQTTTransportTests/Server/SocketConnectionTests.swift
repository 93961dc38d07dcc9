import Dispatch
import Glibc
import NIOCore
import Synchronization
import Testing

@testable import MQTTTransport

/// Real sockets on loopback; what happens in which order is waited for, never slept for.
@Suite struct SocketConnectionTests {
    @Test func tellsOpeningBytesAndEndInTheirOrder() throws {
        let stage = try SocketStage()
        defer { stage.end() }
        let client = stage.connect()
        stage.owner.wait(for: "opened")
        client.write("ab")
        stage.owner.wait(for: "received ab")
        client.close()
        stage.owner.wait(for: "ended peerClosed")
        #expect(stage.owner.entries == ["opened", "received ab", "caught up", "ended peerClosed"])
    }

    @Test func keepsWhatTheSocketDoesNotTakeAndSaysWhenItTakesMore() throws {
        let stage = try SocketStage()
        defer { stage.end() }
        let client = stage.connect()
        stage.owner.wait(for: "opened")
        let size = 32 << 20
        let takesMore = try stage.reactor.submit {
            let connection = stage.owner.connection
            connection?.send([UInt8](repeating: 7, count: size).span.bytes)
            return connection?.takesMore()
        }.wait()
        #expect(takesMore == false)
        #expect(client.read(size) == size)
        stage.owner.wait(for: "writable")
    }

    @Test func writesItsLastBytesAndHearsNothingMore() throws {
        let stage = try SocketStage()
        defer { stage.end() }
        let client = stage.connect()
        stage.owner.wait(for: "opened")
        try stage.reactor.submit {
            stage.owner.connection?.close(after: Array("bye".utf8).span.bytes)
            stage.owner.connection?.send(Array("never".utf8).span.bytes)
        }.wait()
        client.write("too late")
        #expect(client.read(100) == 3)
        client.close()
        stage.owner.wait(for: "ended asked")
        #expect(!stage.owner.entries.contains { $0.hasPrefix("received") })
    }

    @Test func doesNotWaitForeverForAPeerToGo() throws {
        let stage = try SocketStage()
        defer { stage.end() }
        let client = stage.connect()
        stage.owner.wait(for: "opened")
        try stage.reactor.submit { stage.owner.connection?.close(after: RawSpan()) }.wait()
        stage.owner.wait(for: "ended asked")
        client.close()
    }

    @Test func isNotReadWhileItsOwnerDoesNotWantTo() throws {
        let stage = try SocketStage()
        defer { stage.end() }
        let client = stage.connect()
        stage.owner.wait(for: "opened")
        try stage.reactor.submit { stage.owner.connection?.read(false) }.wait()
        client.write("held back")
        // A second connection is served in between: the first had its chance.
        let other = stage.connect()
        other.write("other")
        stage.owner.wait(for: "received other")
        #expect(!stage.owner.entries.contains("received held back"))
        try stage.reactor.submit { stage.owner.first?.read(true) }.wait()
        stage.owner.wait(for: "received held back")
        client.close()
        other.close()
    }

    /// [T-02, T-22]
    @Test func isClosedWithoutAWordWhenItsAddressIsNotLetIn() throws {
        let stage = try SocketStage(knows: false)
        defer { stage.end() }
        let client = stage.connect()
        #expect(client.read(1) == 0)
        #expect(stage.owner.entries == [])
        client.close()
    }

    /// [T-72] Others are let in before it, if the owner says so.
    @Test func waitsAsLongAsItsOwnerWantsItTo() throws {
        let stage = try SocketStage(waiting: 1)
        defer { stage.end() }
        let first = stage.connect()
        stage.owner.wait(for: "arrived 127 0 0 1")
        first.write("first")
        let second = stage.connect()
        second.write("second")
        stage.owner.wait(for: "received second")
        #expect(!stage.owner.entries.contains("received first"))
        try stage.reactor.submit { stage.owner.letIn() }.wait()
        stage.owner.wait(for: "received first")
        #expect(!stage.owner.entries.contains("hung up"))
        first.close()
        second.close()
    }

    /// [T-72] What it said before it went does not hide it.
    @Test func isSeenToHaveHungUpWhileItWaited() throws {
        let stage = try SocketStage(waiting: 1)
        defer { stage.end() }
        let client = stage.connect()
        stage.owner.wait(for: "arrived 127 0 0 1")
        client.write("said before")
        client.close()
        // Its going is on its way as long as the system likes.
        let deadline = ContinuousClock.now + .seconds(20)
        while try !stage.reactor.submit({ stage.owner.allHaveHungUp }).wait(), ContinuousClock.now < deadline {
            usleep(1_000)
        }
        try stage.reactor.submit { stage.owner.letIn() }.wait()
        #expect(stage.owner.entries == ["arrived 127 0 0 1", "hung up"])
    }
}

/// A reactor with one listener, and its owner.
private struct SocketStage {
    let reactor: Reactor
    let owner: Witness
    private let listener: ListeningSocket

    init(knows: Bool = true, waiting: Int = 0) throws {
        reactor = try Reactor()
        owner = Witness(knows: knows, waiting: waiting)
        listener = try Listener(.address(host: "127.0.0.1", port: 0), number: 3, deadline: .seconds(5))
            .bind(on: reactor, owner: owner) { _ in }
    }

    func connect() -> Client { Client(port: listener.port ?? 0) }

    func end() {
        listener.close()
        try? reactor.syncShutdownGracefully()
    }
}

/// A blocking socket.
private struct Client {
    private let descriptor: CInt

    init(port: Int) {
        descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        let address = try? SocketAddress(ipAddress: "127.0.0.1", port: port)
        _ = address?.withSockAddr { Glibc.connect(descriptor, $0, socklen_t($1)) }
    }

    func write(_ text: String) {
        _ = Glibc.send(descriptor, text, text.utf8.count, CInt(MSG_NOSIGNAL))
    }

    /// Reads up to so many bytes, and says how many came before the end.
    func read(_ most: Int) -> Int {
        var room = [UInt8](repeating: 0, count: 65_536)
        var count = 0
        while count < most {
            let portion = Glibc.read(descriptor, &room, min(room.count, most - count))
            guard portion > 0 else { return count }
            count += portion
        }
        return count
    }

    func close() {
        Glibc.close(descriptor)
    }
}

/// Writes down what it is told, on the reactor, and lets others wait for it.
private final class Witness: ConnectionOwner, @unchecked Sendable {
    private let told = Mutex<[String]>([])
    private let news = DispatchSemaphore(value: 0)
    private let knows: Bool
    /// How many more have to wait.
    private var waiting: Int
    private var guests: [Newcomer] = []
    private(set) var first: ServerConnection?
    private(set) var connection: ServerConnection?

    init(knows: Bool, waiting: Int) {
        self.knows = knows
        self.waiting = waiting
    }

    var entries: [String] { told.withLock { $0 } }

    func wait(for entry: String) {
        while !entries.contains(entry) {
            guard news.wait(timeout: .now() + .seconds(20)) == .success else {
                Issue.record("\(entry) was not told, only \(entries)")
                return
            }
        }
    }

    private func note(_ entry: String) {
        told.withLock { $0.append(entry) }
        news.signal()
    }

    func arrived(_ newcomer: Newcomer) {
        guard knows else { return newcomer.close() }
        guard waiting > 0 else { return _ = newcomer.enter(from: nil) }
        waiting -= 1
        guests.append(newcomer)
        let address = newcomer.withAddress { $0.withUnsafeBytes { $0.map(String.init).joined(separator: " ") } }
        note("arrived " + address)
    }

    var allHaveHungUp: Bool { guests.allSatisfy(\.hasHungUp) }

    /// Whoever waits, unless it has gone.
    func letIn() {
        for guest in guests {
            guard guest.hasHungUp else {
                guest.enter(from: nil)
                continue
            }
            note("hung up")
            guest.close()
        }
        guests = []
    }

    func opened(_ connection: ServerConnection, by peer: PeerFacts) {
        if first == nil { first = connection }
        self.connection = connection
        note("opened")
    }

    func received(_ bytes: RawSpan, from connection: ServerConnection) {
        note("received " + bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) })
    }

    func caughtUp() { note("caught up") }
    func becameWritable(_ connection: ServerConnection) { note("writable") }

    func ended(_ connection: ServerConnection, _ end: SocketEnd) {
        self.connection = nil
        note("ended \(end)")
    }

    func failed(_ connection: ServerConnection, _ reason: String) { note("failed \(reason)") }
}
