import Glibc

/// A process started by the ledger, and ended by its own id.
final class Child {
    let pid: pid_t
    private var status: Int32?

    /// `output` is a file for whatever it says; `user` is who it becomes if we are root.
    init(_ arguments: [String], environment: [String: String] = [:], output: String, user: String? = nil) throws {
        var words = arguments
        if Child.knows("setpriv") {
            // It dies with us, even if we are killed ourselves.
            let become = user.map { ["--reuid=\($0)", "--regid=\($0)", "--clear-groups"] } ?? []
            words = ["setpriv", "--pdeathsig", "KILL"] + become + ["--"] + words
        } else if user != nil {
            throw Skipped("setpriv is missing (package util-linux)")
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(
            &actions, STDOUT_FILENO, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var defaults = sigset_t()
        sigemptyset(&defaults)
        sigaddset(&defaults, SIGPIPE)
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        let argv = words.map { strdup($0) } + [nil]
        let envp = Child.bare.merging(environment) { $1 }.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in argv + envp { free(text) } }
        var born: pid_t = 0
        let failure = posix_spawnp(&born, words[0], &actions, &attributes, argv, envp)
        guard failure == 0 else {
            throw Failure("\(words[0]) cannot be started: \(String(cString: strerror(failure)))")
        }
        pid = born
        Children.born(pid)
    }

    /// Its exit code, or 128 and the signal that ended it; nil while it runs.
    func ended() -> Int32? {
        if let status { return status }
        var word: Int32 = 0
        guard waitpid(pid, &word, WNOHANG) == pid else { return nil }
        Children.buried(pid)
        let signal = word & 0x7F
        status = signal == 0 ? word >> 8 & 0xFF : 128 + signal
        return status
    }

    func signal(_ number: Int32) {
        guard ended() == nil else { return }
        kill(pid, number)
    }

    /// Ends it without a warning.
    func destroy() {
        signal(SIGKILL)
        _ = waits(atMost: 10_000_000)
    }

    /// Its status, if it ends within so many microseconds.
    func waits(atMost limit: Int64) -> Int32? {
        _ = RunClock.wait(atMost: limit) { ended() != nil }
        return ended()
    }

    /// Runs a program to its end; what it wrote, or why not.
    static func run(
        _ arguments: [String], environment: [String: String] = [:], output: String, user: String? = nil,
        atMost limit: Int64 = 60_000_000
    ) throws -> String {
        unlink(output)
        let child = try Child(arguments, environment: environment, output: output, user: user)
        guard let status = child.waits(atMost: limit) else {
            child.destroy()
            throw Failure("\(arguments[0]) did not end within \(limit / 1_000_000) s")
        }
        let text = Files.text(output) ?? ""
        guard status == 0 else { throw Failure("\(arguments.joined(separator: " ")) ended with \(status): \(text)") }
        return text
    }

    /// Whether a program is on the path.
    static func knows(_ program: String) -> Bool { path(of: program) != nil }

    static func path(of program: String) -> String? {
        guard !program.contains("/") else { return program }
        return search.split(separator: ":").map { "\($0)/\(program)" }.first { access($0, X_OK) == 0 }
    }

    private static let search = (getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin") + ":/usr/sbin:/sbin"
    /// Nothing of the caller's own settings may change what is measured.
    private static let bare = [
        "PATH": search, "HOME": "/nonexistent", "LANG": "C.UTF-8", "SWIFT_BACKTRACE": "enable=no",
    ]
}
