import Glibc

/// Whole files, read with a bound and written so that they outlive a crash.
package enum File {
    /// All bytes of the regular file at `path`.
    ///
    /// A secret that anyone but its owner can read is refused: it may have been read already. [SD-3]
    package static func read(
        _ path: String, atMost limit: Int, secret: Bool = false
    ) throws(AuthorityError) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw AuthorityError("\(path) cannot be read: \(reason())") }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw AuthorityError("\(path) cannot be read: \(reason())") }
        guard status.st_mode & S_IFMT == S_IFREG else { throw AuthorityError("\(path) is not a file") }
        guard !secret || status.st_mode & 0o077 == 0 else {
            throw AuthorityError(
                "\(path) can be read by others (mode \(octal(status.st_mode))): run chmod 600 \(path)"
                    + " if nobody has, else make a new one")
        }
        return try bytes(of: file, path: path, atMost: limit)
    }

    /// Whether a socket stands at `path`; nil if nothing does.
    package static func isSocket(_ path: String) -> Bool? {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        return status.st_mode & S_IFMT == S_IFSOCK
    }

    /// Everything from `file` until its end, such as standard input.
    package static func bytes(of file: Int32, path: String, atMost limit: Int) throws(AuthorityError) -> [UInt8] {
        var all: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(file, &part, part.count)
            if count == 0 { return all }
            if count < 0 {
                guard errno == EINTR else { throw AuthorityError("\(path) cannot be read: \(reason())") }
                continue
            }
            guard all.count + count <= limit else {
                throw AuthorityError("\(path) is larger than \(limit) bytes")
            }
            all.append(contentsOf: part[..<count])
        }
    }

    /// Writes a file that only its owner can read, and waits until the disk has it.
    package static func write(_ bytes: [UInt8], to path: String) throws(AuthorityError) {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw AuthorityError("\(path) cannot be written: \(reason())") }
        defer { close(file) }
        guard fchmod(file, 0o600) == 0 else { throw AuthorityError("\(path) cannot be made private: \(reason())") }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0 {
                guard errno == EINTR else { throw AuthorityError("\(path) cannot be written: \(reason())") }
                continue
            }
            rest = rest.dropFirst(count)
        }
        guard fsync(file) == 0 else { throw AuthorityError("\(path) cannot be written: \(reason())") }
    }

    /// Waits until the disk has the names in a directory.
    package static func sync(directory path: String) throws(AuthorityError) {
        let file = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard file >= 0 else { throw AuthorityError("\(path) cannot be written: \(reason())") }
        defer { close(file) }
        guard fsync(file) == 0 else { throw AuthorityError("\(path) cannot be written: \(reason())") }
    }

    /// What the system says of the call that has just failed.
    package static func reason(_ code: Int32 = errno) -> String {
        String(cString: strerror(code))
    }

    static func octal(_ mode: mode_t) -> String {
        let digits = String(mode & 0o7777, radix: 8)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
