import Foundation

/// A program run by a test: its output is kept, and it is ended by its own id with the value that stands for it.
///
/// Output goes to files rather than pipes: a child that writes much and a test that reads late can never block
/// each other.
package final class ChildProcess {
    package struct Ended: Equatable {
        package let status: Int32
        package let output: String
        package let errors: String
    }

    private let process = Process()
    private let directory: TemporaryDirectory
    private let input: FileHandle?

    package var identifier: Int32 { process.processIdentifier }
    package var isRunning: Bool { process.isRunning }
    package var output: String { text("out") }
    package var errors: String { text("err") }
    package var outputBytes: [UInt8] { [UInt8](FileManager.default.contents(atPath: directory.file("out")) ?? Data()) }

    /// Starts `program` (a path, or a name to be found in `PATH`) with `environment` added to a bare one.
    package init(
        _ program: String, _ arguments: [String] = [], environment: [String: String] = [:], takesInput: Bool = false,
        in folder: String? = nil
    ) throws {
        directory = try TemporaryDirectory()
        process.executableURL = URL(fileURLWithPath: try ChildProcess.path(of: program))
        process.arguments = arguments
        process.environment = ChildProcess.bareEnvironment.merging(environment) { $1 }
        if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
        process.standardOutput = try ChildProcess.sink(directory.write("", to: "out"))
        process.standardError = try ChildProcess.sink(directory.write("", to: "err"))
        if takesInput {
            let pipe = Pipe()
            process.standardInput = pipe
            input = pipe.fileHandleForWriting
        } else {
            process.standardInput = FileHandle.nullDevice
            input = nil
        }
        try process.run()
    }

    deinit {
        signal(SIGKILL)
    }

    /// Runs a program to its end.
    package static func run(
        _ program: String, _ arguments: [String] = [], environment: [String: String] = [:],
        within limit: Duration = .seconds(30)
    ) async throws -> Ended {
        try await ChildProcess(program, arguments, environment: environment).ended(within: limit)
    }

    package func send(_ bytes: [UInt8]) throws {
        try input?.write(contentsOf: Data(bytes))
    }

    package func closeInput() throws {
        try input?.close()
    }

    /// Only ever to the child itself, and only while it is ours to signal.
    package func signal(_ number: Int32) {
        guard process.isRunning else { return }
        kill(process.processIdentifier, number)
    }

    package func ended(within limit: Duration = .seconds(30)) async throws -> Ended {
        try await becomesTrue(
            within: limit, "\(process.executableURL?.lastPathComponent ?? "") ends; so far: \(output)\(errors)"
        ) { !process.isRunning }
        return Ended(status: process.terminationStatus, output: output, errors: errors)
    }

    /// Waits until what the child wrote, on either stream, holds `text`.
    package func says(_ text: String, within limit: Duration = .seconds(30)) async throws {
        try await becomesTrue(within: limit, "'\(text)' in: \(output)\(errors)") {
            output.contains(text) || errors.contains(text)
        }
    }

    package static func exists(_ program: String) -> Bool {
        (try? path(of: program)) != nil
    }

    private func text(_ name: String) -> String {
        String(decoding: FileManager.default.contents(atPath: directory.file(name)) ?? Data(), as: UTF8.self)
    }

    /// Nothing of the developer's own settings may change what a test sees.
    private static let bareEnvironment: [String: String] = [
        "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "HOME": "/nonexistent",
        "LANG": "C.UTF-8", "SWIFT_BACKTRACE": "enable=no",
    ]

    private static func sink(_ path: String) throws -> FileHandle {
        guard let handle = FileHandle(forWritingAtPath: path) else { throw Overdue(description: "opening \(path)") }
        return handle
    }

    private static func path(of program: String) throws -> String {
        if program.contains("/") { return program }
        let folders = (bareEnvironment["PATH"] ?? "").split(separator: ":").map(String.init) + ["/usr/sbin"]
        let candidates = folders.map { "\($0)/\(program)" }
        guard let found = candidates.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else {
            throw Overdue(description: "\(program) is not installed: .ci/test installs it")
        }
        return found
    }
}
