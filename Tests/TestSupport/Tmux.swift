import Foundation

/// A terminal to test in: one pane of a private tmux server, driven by keys and read back as text.
package final class Tmux {
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    private let socket: String
    private let directory: URL

    /// Starts `command` (a line for the shell) in a pane of this size.
    ///
    /// What crashes there on purpose leaves no core, whatever the shell around the tests allows: it would lie where the
    /// tests were started, beside our sources.
    package init(columns: Int = 80, rows: Int = 24, environment: [String: String] = [:], _ command: String) throws {
        let name = "signalbox-\(UUID().uuidString.prefix(8))"
        socket = name
        directory = FileManager.default.temporaryDirectory.appendingPathComponent(name)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let configuration = directory.appendingPathComponent("tmux.conf")
        try """
        set -g default-terminal tmux-256color
        set -g escape-time 10
        set -g status off
        set -g remain-on-exit on
        set -g default-shell /bin/sh
        set -g set-clipboard on
        """.write(to: configuration, atomically: true, encoding: .utf8)
        let variables = ["LANG=C.UTF-8"] + environment.map { "\($0.key)=\($0.value)" }.sorted()
        _ = try run(
            ["-u", "-f", configuration.path, "new-session", "-d", "-x", "\(columns)", "-y", "\(rows)"]
                + variables.flatMap { ["-e", $0] } + ["ulimit -c 0; \(command)"])
    }

    deinit {
        _ = try? run(["kill-server"])
        try? FileManager.default.removeItem(at: directory)
    }

    /// Presses keys by tmux's names, such as `j`, `Enter`, `C-c`.
    package func press(_ keys: String...) throws {
        _ = try run(["send-keys"] + keys)
    }

    /// Types text as it stands.
    package func type(_ text: String) throws {
        _ = try run(["send-keys", "-l", text])
    }

    /// Pastes text in brackets.
    package func paste(_ text: String) throws {
        _ = try run(["set-buffer", text])
        _ = try run(["paste-buffer", "-p"])
    }

    package func resize(columns: Int, rows: Int) throws {
        _ = try run(["resize-window", "-x", "\(columns)", "-y", "\(rows)"])
    }

    /// The pane as text; with `styles`, as text and SGR sequences.
    package func text(styles: Bool = false) throws -> String {
        try run(["capture-pane", "-p"] + (styles ? ["-e", "-N"] : []))
    }

    /// Keeps a copy of every byte the pane's program sends to its terminal from now on; answers the file's path.
    package func record() throws -> String {
        let path = directory.appendingPathComponent("record").path
        _ = try run(["pipe-pane", "-O", "cat > '\(path)'"])
        return path
    }

    /// Sends a signal to the program that the pane's shell runs.
    package func signal(_ name: String) throws {
        let shell = try value("pane_pid")
        let children = try String(contentsOfFile: "/proc/\(shell)/task/\(shell)/children", encoding: .utf8)
        guard let child = children.split(separator: " ").last else { throw Failure(description: "nothing runs") }
        _ = try Command.run(["kill", "-\(name)", String(child)], environment: ProcessInfo.processInfo.environment)
    }

    /// A variable of tmux, such as `alternate_on`.
    package func value(_ format: String) throws -> String {
        try run(["display", "-p", "#{\(format)}"]).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    package func buffer() throws -> String {
        try run(["show-buffer"])
    }

    /// Waits until the pane's text satisfies a condition, and answers it.
    @discardableResult
    package func wait(
        seconds: Double = 30, _ what: String, until condition: (String) throws -> Bool
    ) throws -> String {
        let deadline = Date().addingTimeInterval(seconds)
        var seen = ""
        while Date() < deadline {
            seen = try text()
            if try condition(seen) { return seen }
            usleep(20_000)
        }
        throw Failure(description: "waited \(seconds) s for \(what); the screen was:\n\(seen)")
    }

    /// Waits until the pane shows this text.
    @discardableResult
    package func wait(for text: String, seconds: Double = 30) throws -> String {
        try wait(seconds: seconds, "“\(text)”") { $0.contains(text) }
    }

    private func run(_ arguments: [String]) throws -> String {
        var environment = ProcessInfo.processInfo.environment
        for key in ["TMUX", "NO_COLOR", "LC_ALL", "LC_CTYPE"] { environment.removeValue(forKey: key) }
        environment["LANG"] = "C.UTF-8"
        return try Command.run(["tmux", "-L", socket] + arguments, environment: environment)
    }

    /// Where the package's executables are: beside the running tests.
    package static var productsDirectory: String {
        let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(fileURLWithPath: tests).deletingLastPathComponent().path
    }
}
