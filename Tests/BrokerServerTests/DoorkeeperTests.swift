import AdminProtocol
import Authority
import BrokerCore
import Glibc
import NIOCore
import NIOPosix
import Synchronization
import TestSupport
import Testing

@testable import BrokerServer

@Suite struct DoorkeeperTests {
    /// [T-34, T-36] Twice, in case it was mended in the tick in which it was read; then after a while; another at once.
    @Test func aRegistryThatCannotBeUsedIsReadNowAndThenAndAtOnceWhenItIsMended() async throws {
        let station = try Station()
        let pool = try station.pool("eu").id
        let log = try station.log()
        let server = ServerLog(log.output, level: .error)
        let door = try Doorkeeper(
            RegistryFile(in: DataDirectory(station.directory.path)), logger: server.logger(.access))
        let registry = try station.directory.write("{", to: "registry.json")
        let openings = try Openings(of: registry)

        for second in [0, 0.5, 1, 3, 5.4] { #expect(try await look(door, at: second) == nil) }
        #expect(openings.count() == 2)
        for second in [5.5, 6, 10.4] { #expect(try await look(door, at: second) == nil) }
        #expect(openings.count() == 1)
        // Until a tick of the file's times has passed.
        let damaged = FileStamp(of: registry)
        try await becomesTrue("it is another") { chmod(registry, 0o644) == 0 && FileStamp(of: registry) != damaged }
        #expect(try await look(door, at: 10.4) == nil)
        #expect(openings.count() == 1)

        try station.directory.write(#"{"version":1,"pools":[],"credentials":[]}"#, to: "registry.json")
        #expect(try await look(door, at: 10.5)?.revoked.map(\.principal) == [.worker(pool: pool)])
        server.close()
        #expect(
            try log.text().ranges(of: "the registry is left as it was").count == 2,
            "it is damaged, and then others can read it")
    }

    /// What became different, at a time of the test's own.
    private func look(_ door: Doorkeeper, at second: Double) async throws -> RegistryChanges? {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let now = Moment(nanoseconds: Int64(second * 1e9), wall: 0)
        let found = Mutex<RegistryChanges?>(nil)
        try await loop.submit {
            door.look(on: loop, at: now) { changes in found.withLock { $0 = changes } }
        }.get()
        try await becomesTrue("it has looked") { try await loop.submit { !door.isLooking }.get() }
        return found.withLock { $0 }
    }
}

/// Counts how often a file is opened, by the kernel's own account.
private final class Openings {
    private let descriptor: CInt

    init(of path: String) throws {
        descriptor = inotify_init1(CInt(IN_NONBLOCK))
        // Two of a kind in a row would be told as one: with the ends of them there are no such.
        try #require(inotify_add_watch(descriptor, path, UInt32(IN_OPEN | IN_CLOSE_NOWRITE)) >= 0)
    }

    deinit { close(descriptor) }

    /// Since it was last asked.
    func count() -> Int {
        var room = [UInt8](repeating: 0, count: 4_096)
        // A beginning and an end each; what is told of a file that is watched itself has no name behind it.
        return max(0, read(descriptor, &room, room.count)) / (2 * MemoryLayout<inotify_event>.size)
    }
}
