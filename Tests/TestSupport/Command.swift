import Foundation

/// Another program, run to its end.
///
/// Not Foundation's `Process`: it waits until everybody who inherited its descriptors is gone, which a program that
/// leaves a server behind, such as tmux, never is.
package struct Command {
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// Runs a program found on PATH and answers what it wrote; an exit code other than 0 is a failure.
    package static func run(_ arguments: [String], environment: [String: String]) throws -> String {
        // A file, not a pipe: a server left behind would keep a pipe's other end.
        let output = FileManager.default.temporaryDirectory.appendingPathComponent("output-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: output) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output.path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        // A child starts with the signals its program expects, whatever this thread has blocked.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))

        var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for word in words + variables { free(word) } }
        var child = pid_t()
        let failed = posix_spawnp(&child, arguments[0], &actions, &attributes, &words, &variables)
        guard failed == 0 else { throw Failure(description: "\(arguments[0]) cannot be started: errno \(failed)") }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        let text = String(decoding: try Data(contentsOf: output), as: UTF8.self)
        guard status == 0 else {
            throw Failure(description: "\(arguments.joined(separator: " ")) ended with status \(status): \(text)")
        }
        return text
    }
}
