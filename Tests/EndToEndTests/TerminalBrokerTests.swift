import Foundation
import TestSupport
import Testing

/// The console in a pane of tmux, on a broker that comes, goes and comes back.
@Suite(.serialized) struct TerminalBrokerTests {
    private let directory: TemporaryDirectory
    private let data: String

    init() throws {
        directory = try TemporaryDirectory()
        data = directory.file("data")
    }

    private func startBroker(_ options: [String] = []) throws -> ChildProcess {
        try ChildProcess(
            Programs.signalbox(), ["broker", "--data-dir", data] + options,
            environment: [
                "MQTT_BROKER_TYPE": "builtin", "MQTT_BROKER_ENDPOINT": "localhost:\(try Loopback.freePort())",
                "MESSAGE_QUEUE_TYPE": "sqlite",
            ])
    }

    private func console(_ options: String = "", columns: Int = 120, rows: Int = 40) throws -> Tmux {
        try Tmux(
            columns: columns, rows: rows,
            "\(try Programs.signalbox()) console --data-dir \(data) \(options); echo left with $?; exec cat")
    }

    @Test func losesTheBrokerAndFindsItAgainWithoutARestart() async throws {
        let first = try startBroker()
        let terminal = try console()
        try terminal.wait(for: "live", seconds: 60)
        first.signal(SIGKILL)
        _ = try await first.ended()
        try terminal.wait(for: "OFFLINE")
        let second = try startBroker()
        try terminal.wait(seconds: 60, "the broker again") { $0.contains("live") && !$0.contains("OFFLINE") }
        try terminal.press("Q")
        try terminal.wait(for: "left with 0")
        second.signal(SIGTERM)
        _ = try await second.ended()
    }

    @Test func printsTheOverviewOnceForATerminalThatShowsNoPicture() async throws {
        let broker = try startBroker()
        let terminal = try console()
        try terminal.wait(for: "live", seconds: 60)
        let printed = try await ChildProcess.run(
            Programs.signalbox(), ["console", "--once", "--data-dir", data],
            environment: ["LANG": "C.UTF-8", "TERM": "dumb"])
        #expect(printed.status == 0)
        #expect(printed.output.contains("workers") && printed.output.contains("live"))
        #expect(!printed.output.contains("\u{1B}"))
        broker.signal(SIGTERM)
        _ = try await broker.ended()
    }

    @Test func playsTheDemoAndLeavesNothing() throws {
        let terminal = try Tmux(
            columns: 120, rows: 40,
            "TMPDIR=\(directory.path) \(try Programs.signalbox()) demo --seed 3 --workers 8; echo left with $?; exec cat"
        )
        try terminal.wait(for: "workers 8", seconds: 120)
        try terminal.press("3")
        try terminal.wait(for: "8 workers")
        try terminal.press("Q")
        try terminal.wait(for: "left with 0", seconds: 60)
        #expect(try terminal.value("alternate_on") == "0")
    }

    @Test func kicksAStuckWorkerAndTellsWhatFollowed() throws {
        let terminal = try Tmux(
            columns: 120, rows: 40,
            "TMPDIR=\(directory.path) \(try Programs.signalbox()) demo --seed 7 --workers 30; exec cat")
        try terminal.wait(for: "workers 30", seconds: 120)
        try terminal.press("3")
        try terminal.wait(seconds: 120, "a stuck worker on top") { $0.contains(/\n> .*STUCK/) }
        try terminal.press("K")
        try terminal.wait(for: "kick worker")
        // Neither a bare Enter nor a reason alone kicks: Cancel has the focus.
        try terminal.type("stuck on its run")
        try terminal.wait(for: "stuck on its run")
        try terminal.press("Tab", "Tab", "Enter")
        try terminal.wait(for: "back after", seconds: 60)
        try terminal.press("7")
        try terminal.wait(for: "KICK")
        try terminal.press("Q")
        try terminal.wait("the terminal back") { _ in (try? terminal.value("alternate_on")) == "0" }
    }
}
