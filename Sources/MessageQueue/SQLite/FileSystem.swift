import Glibc

/// What lies under a file: a write-ahead log needs memory that all who open the file share, which no network gives.
enum FileSystem {
    /// File systems whose files are on another machine, as the kernel names them.
    static let networks: Set<String> = [
        "nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "lustre", "coda", "ncpfs", "gpfs", "ocfs2",
        "fuse.sshfs", "fuse.glusterfs", "fuse.ceph", "fuse.s3fs", "fuse.gcsfuse", "fuse.rclone",
    ]

    /// Refuses a file on another machine: its locks are hearsay, and its syncs may be. [SD-8]
    static func requireLocal(_ path: String) throws(StoreError) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw .unavailable("\(path) cannot be looked at: \(String(cString: strerror(errno)))")
        }
        // As the kernel packs the two numbers of a device; the C library's way is a macro.
        let device = UInt64(status.st_dev)
        let major = device >> 8 & 0xFFF | device >> 32 & 0xFFFF_F000
        let minor = device & 0xFF | device >> 12 & 0xFFFF_FF00
        // Where there is no such list nobody can tell.
        guard let type = type(of: "\(major):\(minor)", in: text("/proc/self/mountinfo")), networks.contains(type) else {
            return
        }
        throw .unavailable("\(path) is on a network file system (\(type)); the embedded store needs a local disk")
    }

    /// The type of the file system on `device`, by the kernel's list of mounts: `36 35 98:0 / /mnt rw shared:1 - ext4 …`.
    static func type(of device: String, in mounts: String) -> String? {
        for line in mounts.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count > 2, words[2] == device, let dash = words.firstIndex(of: "-"), dash + 1 < words.count
            else { continue }
            return String(words[dash + 1])
        }
        return nil
    }

    private static func text(_ path: String) -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return "" }
        defer { close(file) }
        var all: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 65_536)
        while all.count < 4 << 20 {
            let count = read(file, &part, part.count)
            guard count > 0 else { break }
            all += part[..<count]
        }
        return String(decoding: all, as: UTF8.self)
    }
}
