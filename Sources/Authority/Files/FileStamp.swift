import Glibc

/// Tells by one cheap call whether a file is still the one that was read.
///
/// With the time of its last change of any kind: who may read it is a part of whether it can be used.
package struct FileStamp: Equatable, Sendable {
    private struct Instant: Equatable, Sendable {
        let seconds: Int
        let nanoseconds: Int
    }

    private let inode: UInt64
    private let size: Int64
    private let written: Instant
    private let changed: Instant

    /// Nil if there is no such file.
    package init?(of path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        inode = UInt64(status.st_ino)
        size = Int64(status.st_size)
        written = Instant(seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec)
        changed = Instant(seconds: status.st_ctim.tv_sec, nanoseconds: status.st_ctim.tv_nsec)
    }
}
