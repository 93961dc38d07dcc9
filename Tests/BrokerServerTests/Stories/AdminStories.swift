import AdminClient
import AdminProtocol
import BrokerServer
import MQTTTransport
import NIOPosix
import Synchronization
import TestSupport
import Testing

/// Operators, through the link that the console uses.
@Suite(.timeLimit(.minutes(3))) struct AdminStories {
    private func link(_ server: BrokerServer) -> AdminLink {
        AdminLink(.unix(path: server.configuration.adminSocket), on: MultiThreadedEventLoopGroup.singleton.any())
    }

    @Test func asksAndIsAnswered() async throws {
        let station = try Station()
        let link = link(try station.start())
        try await link.connectOnce()
        let answer = try await link.request(.hello)
        let hello = try #require(try answer.result?.decoded(as: Hello.self))
        #expect(answer.state == .done)
        #expect(hello.role == .security)
        #expect(hello.installation == "localhost")
        await link.close()
    }

    @Test func getsSnapshotsAndDeltasOfWhatItWatches() async throws {
        let station = try Station()
        let server = try station.start()
        let link = link(server)
        let stream = Letters<StreamMessage>()
        link.run { $0.onStream = { stream.append($0) } }
        try await link.connectOnce()
        let query = WatchQuery(watch: "w", what: .overview, intervalMs: 100)
        #expect(try await link.request(.watchOpen, args: .encoding(query)).state == .done)
        let first = try await eventually("a snapshot") { stream.all.first }
        #expect(first.watch == "w" && first.snapshot != nil)
        let client = station.client(server.openTarget, "a")
        _ = try await client.connect()
        let second = try await eventually("a delta") { stream.all.first { $0.delta != nil } }
        #expect(second.watch == "w")
        await link.close()
    }

    @Test func findsItsBrokerAgain() async throws {
        let station = try Station()
        let link = link(try station.start())
        let states = Letters<AdminLink.State>()
        link.run {
            $0.onState = { states.append($0) }
            $0.start()
        }
        try await becomesTrue("up") { states.all.last == .up }
        station.stop()
        try await becomesTrue("down") {
            states.all.contains { if case .down = $0 { true } else { false } }
        }
        await #expect(throws: AdminLink.Failure.self) { try await link.request(.hello) }
        try station.start()
        try await becomesTrue(within: .seconds(60), "up again") { states.all.last == .up }
        #expect(try await link.request(.overview).state == .done)
        await link.close()
    }

    @Test func showsWhoWasTurnedAway() async throws {
        let station = try Station()
        let server = try station.start()
        let socket = try Loopback(port: server.workersPort)
        try await socket.send(Array("GET / HTTP/1.1\r\n\r\n".utf8))
        _ = try await socket.receiveToEnd()
        let link = link(server)
        try await link.connectOnce()
        let answer = try await link.request(.denialsList)
        #expect(answer.result?.text.contains("HTTP, not TLS") == true)
        await link.close()
    }

    @Test func answersOtherPeoplesClients() async throws {
        let station = try Station()
        let server = try station.start()
        let asked = try await ChildProcess.run(
            "mosquitto_rr",
            [
                "--unix", server.configuration.adminSocket, "-V", "5", "-q", "1", "-t", "$CONTROL/broker/v1", "-e",
                "$CONTROL/broker/v1/response", "-m", #"{"v":1,"id":"01K9","cmd":"overview"}"#,
            ])
        let answer = try JSON(parsing: Array(asked.output.utf8).filter { $0 != 10 })
        #expect(answer["state"] == .string("done"))
        #expect(answer["id"] == .string("01K9"))
    }
}

/// What came by callback, to be looked at from a test.
private final class Letters<Element: Sendable>: Sendable {
    private let state = Mutex<[Element]>([])
    var all: [Element] { state.withLock { $0 } }
    func append(_ element: Element) { state.withLock { $0.append(element) } }
}
