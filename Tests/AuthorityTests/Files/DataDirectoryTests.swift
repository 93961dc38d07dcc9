import Glibc
import TestSupport
import Testing

@testable import Authority

@Suite struct DataDirectoryTests {
    let temporary: TemporaryDirectory

    init() throws {
        temporary = try TemporaryDirectory()
    }

    @Test func isMadeWithItsParentsForItsOwnerAlone() throws {
        let directory = try DataDirectory(temporary.file("state/signalbox/"))
        #expect(directory.path == temporary.file("state/signalbox"))
        var status = stat()
        #expect(stat(directory.path, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o700)
    }

    @Test(arguments: [0o755, 0o770, 0o701] as [mode_t])
    func openToOthersIsRefusedWithWhatToDo(_ mode: mode_t) throws {
        let path = temporary.file("data")
        #expect(mkdir(path, 0o700) == 0 && chmod(path, mode) == 0)
        let error = #expect(throws: AuthorityError.self) { try DataDirectory(path) }
        #expect(error?.message.hasSuffix("(mode \(File.octal(mode))): run chmod 700 \(path)") == true)
    }

    @Test func thatIsAFileIsRefused() throws {
        let path = try temporary.write("x", to: "data")
        #expect(throws: AuthorityError("\(path) is not a directory")) { try DataDirectory(path) }
    }

    @Test func comesFromTheVariableElseTheStateDirectoryElseHome() throws {
        #expect(try DataDirectory.path(in: ["SIGNALBOX_DATA_DIR": "/d", "HOME": "/h"]) == "/d")
        #expect(try DataDirectory.path(in: ["XDG_STATE_HOME": "/s", "HOME": "/h"]) == "/s/signalbox")
        #expect(try DataDirectory.path(in: ["HOME": "/h"]) == "/h/.local/state/signalbox")
        #expect(throws: AuthorityError.self) { try DataDirectory.path(in: [:]) }
    }

    @Test func refusesASecretThatOthersCanRead() throws {
        let directory = try DataDirectory(temporary.file("data"))
        try temporary.write("key", to: "data/a.key", mode: 0o640)
        let error = #expect(throws: AuthorityError.self) { try directory.readSecret("a.key") }
        #expect(error?.message.contains("can be read by others (mode 0640): run chmod 600") == true)
    }

    @Test func saysWhyAFileCannotBeRead() throws {
        let directory = try DataDirectory(temporary.file("data"))
        #expect(throws: AuthorityError("\(directory.path)/none cannot be read: No such file or directory")) {
            try directory.readSecret("none")
        }
        #expect(throws: AuthorityError("\(directory.path) is not a file")) { try File.read(directory.path, atMost: 1) }
        try temporary.write("12345", to: "data/large")
        #expect(throws: AuthorityError("\(directory.path)/large is larger than 4 bytes")) {
            try directory.read("large", atMost: 4)
        }
    }

    @Test func replacesAFileAtOnceAndForItsOwnerAlone() throws {
        let directory = try DataDirectory(temporary.file("data"))
        try temporary.write("old", to: "data/f", mode: 0o644)
        let before = FileStamp(of: directory.path(of: "f"))
        try directory.whileLocked { try $0.replace("f", with: Array("new".utf8)) }
        #expect(try directory.readSecret("f") == Array("new".utf8))
        #expect(FileStamp(of: directory.path(of: "f")) != before)
        #expect(!directory.holds("f.new"))
    }

    @Test func aFileWhoseModeIsMendedIsAnotherToWhoeverLooks() async throws {
        let path = try temporary.write("key", to: "a.key", mode: 0o644)
        let before = FileStamp(of: path)
        #expect(FileStamp(of: path) == before)
        // Once the system's clock, which stamps files, has ticked since it was made.
        try await becomesTrue("it is another") { chmod(path, 0o600) == 0 && FileStamp(of: path) != before }
    }

    @Test func isChangedByOneAtATime() async throws {
        let directory = try DataDirectory(temporary.file("data"))
        try directory.whileLocked { try $0.replace("n", with: [0]) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    try directory.whileLocked { locked in
                        let number = try directory.read("n", atMost: 1)[0]
                        try locked.replace("n", with: [number + 1])
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try directory.read("n", atMost: 1) == [20])
    }
}
