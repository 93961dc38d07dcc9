import BrokerCore
import MQTT
import TestSupport
import Testing

@testable import MessageQueue

@Suite struct WillStoreTests {
    private let directory: TemporaryDirectory
    private var path: String { directory.file("wills.sqlite") }

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func will(_ number: Int64, of pool: ULID? = ULID(high: 1, low: 1)) throws -> KeptWill {
        KeptWill(
            name: KeptWill.Name(
                pool: pool, clientID: try ClientID(validating: Array("worker-\(number)".utf8)), epoch: number),
            will: Will(
                topic: try TopicName(validating: Array("a/\(number)".utf8)), payload: [0, 1, 0xFF],
                qos: .exactlyOnce, retain: number == 2,
                properties: [
                    .willDelayInterval(7), .contentType(Array("x".utf8)),
                    .userProperty(name: Array("a".utf8), value: []),
                    .userProperty(name: Array("a".utf8), value: [0x62]),
                ]), fingerprint: number == 2 ? nil : "f\(number)")
    }

    private func left(_ will: KeptWill, _ cause: KeptWill.Cause, _ at: Int64) -> KeptWill {
        KeptWill(
            name: will.name, will: will.will, fingerprint: will.fingerprint,
            left: KeptWill.Left(cause: cause, at: at))
    }

    @Test func givesBackWhatACrashLeft() throws {
        let (one, two, three) = (try will(1), try will(2, of: nil), try will(3))
        let store = try WillStore(path)
        #expect(try store.recover(at: 1) == [])
        try store.perform([.remember(two), .remember(one), .remember(three), .forget(three.name)])
        // No goodbye: the file is opened again as a killed broker left it.
        let next = try WillStore(path)
        #expect(try next.recover(at: 50) == [left(one, .serverCrash, 50), left(two, .serverCrash, 50)])
        // The first cause stays.
        let third = try WillStore(path)
        #expect(try third.recover(at: 99) == [left(one, .serverCrash, 50), left(two, .serverCrash, 50)])
        try third.perform([.forget(one.name), .forget(two.name)])
        #expect(try WillStore(path).recover(at: 100) == [])
    }

    /// [T-62] Whose client had been lost before is not said to have been left, whatever became of the broker.
    @Test func tellsWhoWasLostFromWhoWasLeft() throws {
        let (lost, left) = (try will(1), try will(2))
        let store = try WillStore(path)
        try store.perform([.remember(lost), .remember(left), .lose(lost.name, at: 40)])
        try store.leave(.serverShutdown, at: 50)
        let found = try WillStore(path).recover(at: 60)
        #expect(
            found.map(\.left) == [
                KeptWill.Left(cause: nil, at: 40), KeptWill.Left(cause: .serverShutdown, at: 50),
            ])
        // It may be remembered for longer than one start.
        #expect(try WillStore(path).recover(at: 70) == found)
    }

    @Test func keepsAWillOfOneConnectionOnce() throws {
        let store = try WillStore(path)
        try store.perform([.remember(try will(1)), .remember(try will(1))])
        #expect(try WillStore(path).recover(at: 1).count == 1)
    }

    /// A file in which no certificates were written down is taken as it is, and written on.
    @Test func goesOnWithAFileOfAnEarlierVersion() throws {
        try SQLiteStore.makeFile(path)
        let old = try SQLiteConnection(path)
        try old.execute(
            """
            CREATE TABLE wills (
                pool TEXT NOT NULL, client_id BLOB NOT NULL, epoch INTEGER NOT NULL, topic BLOB NOT NULL,
                payload BLOB NOT NULL, qos INTEGER NOT NULL, retain INTEGER NOT NULL, properties BLOB NOT NULL,
                cause TEXT NOT NULL DEFAULT '', left_at INTEGER NOT NULL DEFAULT 0,
                PRIMARY KEY (pool, client_id, epoch)
            ) STRICT, WITHOUT ROWID;
            INSERT INTO wills (pool, client_id, epoch, topic, payload, qos, retain, properties)
            VALUES ('', x'61', 4, x'622f63', x'00', 1, 0, x'');
            """)
        let store = try WillStore(path)
        let found = try store.recover(at: 9)
        #expect(found.map(\.fingerprint) == [nil])
        #expect(found.map(\.name.epoch) == [4])
        try store.perform([.remember(try will(7))])
        #expect(try WillStore(path).recover(at: 9).map(\.fingerprint) == [nil, "f7"])
        try store.perform([.lose(try will(7).name, at: 8)])
        #expect(try WillStore(path).recover(at: 9).map(\.left?.at) == [9, 8])
    }

    /// [T-65]
    @Test func leavesARowAloneThatItCannotRead() throws {
        let store = try WillStore(path)
        try store.perform([.remember(try will(1)), .remember(try will(2))])
        store.close()
        let connection = try SQLiteConnection(path)
        try connection.execute("UPDATE wills SET properties = x'FFFF' WHERE epoch = 1")
        #expect(try WillStore(path).recover(at: 1).map(\.name.epoch) == [2])
        #expect(try connection.integer("SELECT count(*) FROM wills") == 2)
    }

    @Test func saysHowFarItIsAndThatItWasStopped() async throws {
        let store = try WillStore(path)
        let far = Far()
        let keeper = try WillKeeper(store) { far.is($0) }
        let (one, two) = (try will(1), try will(2))
        keeper.submit([.remember(one), .remember(two)])
        try await becomesTrue("both are written down") { far.done == 2 }
        keeper.submit([.forget(two.name)])
        try await becomesTrue("one is crossed out") { far.done == 3 }
        #expect(keeper.trouble == nil)
        #expect(keeper.stop(within: 60_000))
        let recovered = try WillStore(path).recover(at: 1)
        #expect(recovered.map(\.name) == [one.name])
        #expect(recovered.first?.left?.cause == .serverShutdown)
    }

    @Test func tellsItsTroubleAndGoesOnWhenItIsOver() async throws {
        let store = try WillStore(path)
        let far = Far()
        let keeper = try WillKeeper(store) { far.is($0) }
        let other = try SQLiteConnection(path)
        try other.execute("BEGIN IMMEDIATE")
        keeper.submit([.remember(try will(1))])
        try await becomesTrue("the file is held by another") { keeper.trouble != nil }
        #expect(far.done == 0)
        try other.execute("ROLLBACK")
        try await becomesTrue("it is written down after all") { far.done == 1 && keeper.trouble == nil }
        #expect(keeper.stop(within: 60_000))
    }
}

/// How far the keeper is, told on its thread.
private final class Far: Sendable {
    private let bell = Doorbell<UInt64>(0)

    var done: UInt64 { bell.withState { $0 } }
    func `is`(_ done: UInt64) { bell.ring { $0 = done } }
}
