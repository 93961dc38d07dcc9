import TestSupport
import Testing

@testable import MessageQueue

@Suite struct FileSystemTests {
    private static let mounts = """
        22 28 0:21 / /proc rw,nosuid shared:12 - proc proc rw
        28 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
        93 28 0:47 / /mnt/share\\040one rw shared:50 master:3 - nfs4 10.0.0.1:/export rw,vers=4.2
        94 28 0:48 / /mnt/far rw - fuse.sshfs host:/ rw
        95 28
        96 28 0:49 / /mnt/torn rw -
        """

    /// [SD-8]
    @Test(arguments: [
        ("0:47", "nfs4", true), ("0:48", "fuse.sshfs", true), ("8:1", "ext4", false), ("0:21", "proc", false),
    ])
    func theKernelSaysWhatLiesUnderAFile(device: String, type: String, isNetwork: Bool) {
        #expect(FileSystem.type(of: device, in: Self.mounts) == type)
        #expect(FileSystem.networks.contains(type) == isNetwork)
    }

    @Test(arguments: ["9:9", "", "0:49", "28"])
    func whatIsNotListedIsNotKnown(device: String) {
        #expect(FileSystem.type(of: device, in: Self.mounts) == nil)
    }

    @Test func aLocalDirectoryIsAcceptedAndAMissingOneIsNot() throws {
        let directory = try TemporaryDirectory()
        try FileSystem.requireLocal(directory.path)
        let missing = directory.file("missing")
        #expect(throws: StoreError.unavailable("\(missing) cannot be looked at: No such file or directory")) {
            try FileSystem.requireLocal(missing)
        }
    }
}
