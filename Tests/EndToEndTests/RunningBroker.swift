import Foundation
import TestSupport

/// `signalbox broker` as a process of its own, with a data directory and ports of its own.
final class RunningBroker {
    let directory: TemporaryDirectory
    let port: UInt16
    /// Of the open listener.
    let open: UInt16
    private(set) var process: ChildProcess
    /// Whether it can only be reached from where it runs.
    private let isApart: Bool
    private let program: String
    private let arguments: [String]
    private let settings: [String: String]

    var data: String { directory.file("data") }
    var socket: String { data + "/admin.sock" }

    /// Starts a broker, perhaps as the last words of another command, and waits until both its listeners answer.
    ///
    /// One that is dialled while it is away wants lasting ports.
    init(
        isApart: Bool = false, openQueue: Bool = false, openRules: [String] = [], logLevel: String = "info",
        isLasting: Bool = false, under wrapper: [String] = [], settings more: [String: String] = [:],
        arguments added: [String] = []
    ) async throws {
        self.isApart = isApart
        directory = try TemporaryDirectory()
        port = try isLasting ? Loopback.lastingPort() : Loopback.freePort()
        open = try isLasting ? Loopback.lastingPort() : Loopback.freePort()
        let command =
            wrapper + [try Programs.signalbox(), "broker", "--open", "127.0.0.1:\(open)"]
            + (openQueue ? ["--open-queue"] : []) + openRules + added
        program = command[0]
        arguments = Array(command.dropFirst())
        settings = RunningBroker.environment(
            port: port, data: directory.file("data"), ["MQTT_BROKER_BUILTIN_LOG_LEVEL": logLevel].merging(more) { $1 })
        process = try ChildProcess(program, arguments, environment: settings)
        try await listens()
    }

    static func environment(port: UInt16, data: String, _ more: [String: String] = [:]) -> [String: String] {
        [
            "MQTT_BROKER_TYPE": "builtin", "MQTT_BROKER_ENDPOINT": "tls://localhost:\(port)",
            "MESSAGE_QUEUE_TYPE": "sqlite", "SIGNALBOX_DATA_DIR": data,
        ].merging(more) { $1 }
    }

    private func listens() async throws {
        try await becomesTrue(within: .seconds(30), "the broker listens: \(process.errors)\(process.output)") {
            guard process.isRunning else { throw Overdue(description: "the broker ended: \(process.errors)") }
            if isApart { return process.output.contains("\"listening\"") }
            return Loopback.listens(on: open) && Loopback.listens(on: port)
        }
    }

    /// Ends it without a warning, as a crash of the machine would, and starts it again.
    func killAndRestart() async throws {
        process.signal(SIGKILL)
        _ = try await process.ended()
        try await restart()
    }

    /// After its end, starts it again where it was.
    func restart() async throws {
        process = try ChildProcess(program, arguments, environment: settings)
        try await listens()
    }

    func stop(within limit: Duration = .seconds(30)) async throws -> ChildProcess.Ended {
        process.signal(SIGTERM)
        return try await process.ended(within: limit)
    }

    /// A command about this broker, run to its end.
    func signalbox(_ arguments: String..., within limit: Duration = .seconds(30)) async throws -> ChildProcess.Ended {
        try await ChildProcess.run(Programs.signalbox(), arguments, environment: settings, within: limit)
    }

    /// A command with `--json`, and what it printed.
    func json(_ arguments: String...) async throws -> [String: Any] {
        let ended = try await ChildProcess.run(
            Programs.signalbox(), arguments + ["--json"], environment: settings, within: .seconds(30))
        guard
            let object = try? JSONSerialization.jsonObject(with: Data(ended.output.utf8)) as? [String: Any]
        else { throw Overdue(description: "\(arguments) prints JSON; it printed \(ended.output)\(ended.errors)") }
        return object
    }
}

/// What somebody connects with: a certificate, its key and the authority to trust.
struct Credential {
    let id: String
    let certificate: String
    let key: String
    let authority: String

    /// As mosquitto's clients want it.
    var mosquitto: [String] { ["--cafile", authority, "--cert", certificate, "--key", key] }
}

extension RunningBroker {
    /// A pool as its owner makes one: openssl's request, `pool add`, and the token's parts in files.
    func addPool(_ name: String) async throws -> Credential {
        let made = try await Programs.signingRequest(in: directory, named: name)
        let out = directory.file("\(name)-out")
        let added = try await json("pool", "add", name, "--csr", made.request, "--out", out)
        guard let id = (added["pool"] as? [String: Any])?["id"] as? String else {
            throw Overdue(description: "pool add names the pool: \(added)")
        }
        try await becomesTrue("the running broker knows the new pool") {
            try await rows(of: "pools").contains { $0["id"] as? String == id }
        }
        return Credential(
            id: id, certificate: out + "/cert.pem", key: made.key, authority: out + "/ca.pem")
    }

    /// The rows of a listing, as `--json` prints them.
    func rows(of listing: String) async throws -> [[String: Any]] {
        guard let rows = try await json(listing)["rows"] as? [[String: Any]] else {
            throw Overdue(description: "\(listing) has rows")
        }
        return rows
    }

    /// Waits until the broker knows it, unless that is not to be tried from here.
    func issueCredential(_ role: String, _ name: String, trying: Bool = true) async throws -> Credential {
        let made = try await Programs.signingRequest(in: directory, named: name)
        let out = directory.file("\(name)-out")
        let issued = try await signalbox(
            "credential", "issue", "--role", role, "--name", name, "--csr", made.request, "--out", out)
        guard issued.status == 0 else { throw Overdue(description: "credential issue: \(issued.errors)") }
        let credential = Credential(
            id: name, certificate: out + "/cert.pem", key: made.key, authority: out + "/ca.pem")
        guard trying else { return credential }
        try await lets(credential, in: "\(name)-first", publishing: "spacelift/readonly/\(workerID(0))/\(workerID(0))")
        return credential
    }

    /// Waits until the running broker has seen a new certificate: it looks at the registry twice a second.
    func lets(_ credential: Credential, in client: String, publishing topic: String) async throws {
        try await becomesTrue(within: .seconds(60), "the new certificate is known") {
            let tried = try mosquitto("mosquitto_pub", credential, ["-i", client, "-q", "1", "-t", topic, "-m", "{}"])
            // What is published may be stored first.
            guard let ended = try? await tried.ended(within: .seconds(10)) else { return false }
            return ended.status == 0
        }
    }

    /// One of mosquitto's clients, at the listener for workers; line by line, or its words would come in blocks.
    func mosquitto(_ program: String, _ credential: Credential, _ arguments: [String]) throws -> ChildProcess {
        try ChildProcess(
            "stdbuf", ["-oL", program, "-h", "localhost", "-p", "\(port)"] + credential.mosquitto + arguments)
    }
}

/// A worker's id, made up: any ULID will do.
func workerID(_ number: Int) -> String {
    let digits = String(number)
    return "01K9ZZZZZZ" + String(repeating: "0", count: 16 - digits.count) + digits
}
