import BrokerCore
import Foundation
import TestSupport
import Testing

@testable import MessageQueue

/// What was committed is in the write-ahead log first: when it is broken, somebody is told. [X-08, T-59, T-65]
@Suite struct WriteAheadLogTests {
    private let directory: TemporaryDirectory
    /// As a killed broker leaves it: database, log and index, and nobody who closed them.
    private let left: String
    private let store: SQLiteStore
    private static let commits: Int64 = 12

    init() throws {
        directory = try TemporaryDirectory()
        left = directory.file("left.sqlite")
        store = try SQLiteStore(directory.file("queue.sqlite"))
        for number in 1...Self.commits { try store.append([Self.message(number)]) }
        try leave()
    }

    private static func message(_ number: Int64) -> QueueMessage {
        QueueMessage(
            key: .init(epoch: "1", ticket: Ticket(number)), worker: ULID(high: 0, low: 7), body: Array("e30=".utf8),
            enqueuedAt: 1_000)
    }

    private func leave() throws {
        for suffix in ["", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: left + suffix)
            try FileManager.default.copyItem(atPath: store.path + suffix, toPath: left + suffix)
        }
    }

    private func log() throws -> Data { try Data(contentsOf: URL(fileURLWithPath: left + "-wal")) }

    private func writeLog(_ data: Data) throws { try data.write(to: URL(fileURLWithPath: left + "-wal")) }

    private func removeIndex() throws { try FileManager.default.removeItem(atPath: left + "-shm") }

    private func depth(_ store: SQLiteStore) throws -> Int64 { try store.contents(at: 2_000).depth }

    @Test func aWholeLogIsReadToItsEnd() throws {
        #expect(WriteAheadLog.damage(of: left) == nil)
        let opened = try SQLiteStore(left)
        #expect(try opened.contents(at: 1_000) == StoreContents(depth: Self.commits, visible: 12, oldestAge: 0))
        #expect(WriteAheadLog.damage(of: directory.file("nothing.sqlite")) == nil)
        opened.close()
        #expect(WriteAheadLog.damage(of: left) == nil, "who closes leaves no log")
    }

    @Test func oneBitAnywhereIsFound() throws {
        let whole = try log()
        for place in stride(from: 3, to: whole.count, by: 509) {
            var broken = whole
            broken[place] ^= 1 << (place % 8)
            try writeLog(broken)
            #expect(WriteAheadLog.damage(of: left) != nil, "byte \(place)")
        }
    }

    @Test func aLogThatIsCutAnywhereIsFound() throws {
        var rest = try log()
        while rest.count > 512 {
            rest.removeLast(512)
            try writeLog(rest)
            #expect(WriteAheadLog.damage(of: left) != nil, "\(rest.count) bytes")
        }
        try FileManager.default.removeItem(atPath: left + "-wal")
        #expect(WriteAheadLog.damage(of: left)?.hasPrefix("its write-ahead log is gone") == true)
    }

    /// After a loss of power there may be no index: commits behind the broken place say that it was on the disk.
    @Test func withoutAnIndexALaterCommitIsTheWitness() throws {
        try removeIndex()
        #expect(WriteAheadLog.damage(of: left) == nil)
        var broken = try log()
        broken[32 + 24 + 100] ^= 1
        try writeLog(broken)
        #expect(
            WriteAheadLog.damage(of: left)
                == "its write-ahead log is damaged after page 0, and commits stand behind that")
    }

    /// A write that a loss of power cut short was acknowledged to nobody.
    @Test func aLastCommitThatBrokeOffIsNoDamage() throws {
        try removeIndex()
        var torn = try log()
        torn.removeLast(2_000)
        try writeLog(torn)
        #expect(WriteAheadLog.damage(of: left) == nil)
        #expect(try depth(SQLiteStore(left)) == Self.commits - 1)
    }

    @Test func whatALongerLogLeftBehindIsNoDamage() throws {
        #expect(try store.integer("PRAGMA wal_checkpoint(RESTART)") == 0)
        try store.append([Self.message(100)])
        try leave()
        #expect(WriteAheadLog.damage(of: left) == nil)
        try removeIndex()
        #expect(WriteAheadLog.damage(of: left) == nil)
    }

    @Test func aDamagedLogIsKeptAndToldOfAndTheRestIsServed() throws {
        var broken = try log()
        broken[broken.count / 2] ^= 1
        try writeLog(broken)
        let opened = try SQLiteStore(left)
        let contents = try opened.contents(at: 2_000)
        #expect((1..<Self.commits).contains(contents.depth))
        let warning = try #require(contents.warning)
        let copy = try #require(warning.split(separator: " ").last.map(String.init))
        #expect(copy.hasPrefix(left + "-wal.damaged-"))
        #expect(try Data(contentsOf: URL(fileURLWithPath: copy)) == broken)
        let mode = try FileManager.default.attributesOfItem(atPath: copy)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        // It is told of once: the next start begins with a log of its own.
        try opened.append([Self.message(200)])
        #expect(WriteAheadLog.damage(of: left) == nil)
    }

    @Test func whatCannotBeKeptIsNotOpened() throws {
        var broken = try log()
        broken[broken.count / 2] ^= 1
        try writeLog(broken)
        // Where the copy would go there is something else.
        let now = QueueClock.wall()
        try FileManager.default.createDirectory(
            atPath: "\(left)-wal.damaged-\(now / 1_000)", withIntermediateDirectories: false)
        let error = #expect(throws: StoreError.self) { try WriteAheadLog.keepIfDamaged(of: left, at: now) }
        #expect(error?.description.hasSuffix("Is a directory") == true)
    }

    @Test func aWillThatIsMissingIsToldOfToo() throws {
        for suffix in ["-wal", "-shm"] {
            try FileManager.default.moveItem(atPath: left + suffix, toPath: directory.file("wills.sqlite") + suffix)
        }
        let path = directory.file("wills.sqlite")
        var broken = try Data(contentsOf: URL(fileURLWithPath: path + "-wal"))
        broken[broken.count / 2] ^= 1
        try broken.write(to: URL(fileURLWithPath: path + "-wal"))
        #expect(try WillStore(path).warning?.contains("wills.sqlite has lost what was committed last") == true)
    }
}
