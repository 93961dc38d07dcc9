import MQTTTransport
import TestSupport

/// Debian's broker, on a unix socket of its own; ends with the value.
struct Mosquitto {
    let process: ChildProcess
    let target: ClientTarget
    private let directory: TemporaryDirectory

    static func start() async throws -> Mosquitto {
        let directory = try TemporaryDirectory()
        let socket = directory.file("mosquitto.sock")
        let configuration = try directory.write(
            // Started by root it would become somebody who may not write there.
            "user root\nlistener 0 \(socket)\nallow_anonymous true\nlog_type all\nmax_keepalive 65535\n",
            to: "mosquitto.conf")
        let process = try ChildProcess("mosquitto", ["-c", configuration])
        try await process.says("running")
        return Mosquitto(process: process, target: .unix(path: socket), directory: directory)
    }
}
