import Glibc

/// Whole files, read and written in one go.
enum Files {
    static func bytes(_ path: String) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes: [UInt8] = []
        var portion = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(file, &portion, portion.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            guard count > 0 else { return bytes }
            bytes += portion.prefix(count)
        }
    }

    static func text(_ path: String) -> String? {
        bytes(path).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Opens a file that only grows.
    static func appending(_ path: String) throws -> Int32 {
        let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Failure("\(path) cannot be written: \(String(cString: strerror(errno)))") }
        return file
    }

    /// All of `bytes`, or as much as the disk takes; false if that was not all.
    @discardableResult
    static func write(_ bytes: [UInt8], to file: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    static func write(_ text: String, to path: String) throws {
        unlink(path)
        let file = try appending(path)
        defer { close(file) }
        guard write(Array(text.utf8), to: file) else { throw Failure("\(path) cannot be written") }
    }
}
