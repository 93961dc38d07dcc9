import Foundation

/// The programs the stories are played with.
package enum Programs {
    /// The `signalbox` built together with the tests: it lies beside them.
    package static func signalbox() throws -> String { try built("signalbox") }

    /// The program that proves that nothing acknowledged is lost.
    package static func ledger() throws -> String { try built("signalbox-ledger") }

    private static func built(_ name: String) throws -> String {
        let beside = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let candidates = [beside.path + "/\(name)", root.path + "/.build/debug/\(name)"]
        guard let found = candidates.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else {
            throw Overdue(description: "\(name) is not built: looked at \(candidates)")
        }
        return found
    }

    /// A key and a certificate signing request, as a pool's owner makes them; returns their paths.
    package static func signingRequest(
        in directory: TemporaryDirectory, named name: String, key: [String] = ["-newkey", "rsa:2048"]
    ) async throws -> (key: String, request: String) {
        let paths = (key: directory.file(name + ".key"), request: directory.file(name + ".csr"))
        let made = try await ChildProcess.run(
            "openssl",
            ["req", "-new"] + key + ["-nodes", "-subj", "/CN=ignored", "-keyout", paths.key, "-out", paths.request],
            // Two primes of 2,048 bits are found sooner or later.
            within: .seconds(120))
        guard made.status == 0 else { throw Overdue(description: "openssl req: \(made.errors)") }
        return paths
    }
}
