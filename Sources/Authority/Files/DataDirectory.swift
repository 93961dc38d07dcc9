import Glibc

/// The directory of the authority's keys, the registry, the embedded queue and the admin socket.
///
/// Only its owner may look into it: a directory open to others is refused, never mended silently. [SD-3] [SD-9]
package struct DataDirectory: Equatable, Sendable {
    package let path: String

    /// Opens `path`, and makes it and its parents where they are missing.
    package init(_ path: String) throws(AuthorityError) {
        guard !path.isEmpty, !path.utf8.contains(0) else { throw AuthorityError("the data directory has no name") }
        self.path = DataDirectory.absolute(path)
        try make(self.path)
        try check()
    }

    /// `SIGNALBOX_DATA_DIR`, else `$XDG_STATE_HOME/signalbox`, else `~/.local/state/signalbox`.
    package static func path(in environment: [String: String]) throws(AuthorityError) -> String {
        if let path = environment["SIGNALBOX_DATA_DIR"], !path.isEmpty { return absolute(path) }
        if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") { return state + "/signalbox" }
        if let home = environment["HOME"], home.hasPrefix("/") { return home + "/.local/state/signalbox" }
        throw AuthorityError("there is no data directory: set SIGNALBOX_DATA_DIR to one that only you can read")
    }

    /// `path` without a slash at its end; a relative one counts from where the program was started.
    package static func absolute(_ path: String) -> String {
        let trimmed = path.utf8.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        guard !trimmed.hasPrefix("/"), let here = getcwd(nil, 0) else { return trimmed }
        defer { free(here) }
        return String(cString: here) + "/" + trimmed
    }

    package func path(of name: String) -> String { path + "/" + name }

    package func holds(_ name: String) -> Bool { access(path(of: name), F_OK) == 0 }

    /// The bytes of a file that holds a secret: one that others can read is refused.
    package func readSecret(_ name: String, atMost limit: Int = 1 << 20) throws(AuthorityError) -> [UInt8] {
        try File.read(path(of: name), atMost: limit, secret: true)
    }

    package func read(_ name: String, atMost limit: Int) throws(AuthorityError) -> [UInt8] {
        try File.read(path(of: name), atMost: limit)
    }

    /// Runs `body` while no other process writes here; what changes the directory needs the value it lends.
    ///
    /// Not to be entered again from `body`: a second lock of the same process waits for the first.
    package func whileLocked<Result>(_ body: (LockedDataDirectory) throws -> Result) throws -> Result {
        let lock = open(path(of: "lock"), O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else { throw AuthorityError("\(path(of: "lock")) cannot be opened: \(File.reason())") }
        defer { close(lock) }
        while flock(lock, LOCK_EX) != 0 {
            guard errno == EINTR else {
                throw AuthorityError("\(path(of: "lock")) cannot be locked: \(File.reason())")
            }
        }
        return try body(LockedDataDirectory(directory: self))
    }

    private func make(_ path: String) throws(AuthorityError) {
        guard mkdir(path, 0o700) != 0, errno != EEXIST else { return }
        if errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex {
            try make(String(path[..<slash]))
            if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
        }
        throw AuthorityError("data directory \(path) cannot be made: \(File.reason())")
    }

    private func check() throws(AuthorityError) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw AuthorityError("data directory \(path) cannot be looked at: \(File.reason())")
        }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw AuthorityError("\(path) is not a directory") }
        guard status.st_uid == geteuid() else {
            throw AuthorityError("data directory \(path) belongs to another user; it must be your own")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw AuthorityError(
                "data directory \(path) is open to others (mode \(File.octal(status.st_mode))): run chmod 700 \(path)")
        }
        guard access(path, R_OK | W_OK | X_OK) == 0 else {
            throw AuthorityError("data directory \(path) cannot be used: \(File.reason())")
        }
    }
}
