package import BrokerCore
import Glibc
import MQTT

/// The wills of the clients that are connected now, in one small SQLite file beside the queue. [T-62]
///
/// Commits survive a loss of power, as those of the queue. Used by one thread at a time, and may block it.
package final class WillStore {
    private let path: String
    private var connection: SQLiteConnection?
    /// What was found missing at the start, in a sentence; nil if nothing was.
    package let warning: String?

    /// Opens the file, makes it if missing.
    package init(_ path: String) throws(StoreError) {
        self.path = path
        try SQLiteStore.makeFile(path)
        try FileSystem.requireLocal(path)
        warning = try WriteAheadLog.keepIfDamaged(of: path, at: QueueClock.wall())
        let connection = try Self.open(path)
        try SQLiteStore.beginLogAnew(connection)
        self.connection = connection
    }

    /// What earlier starts left behind. Whatever nobody gave a cause was left by a crash, noticed at `now`.
    package func recover(at now: Int64) throws(StoreError) -> [KeptWill] {
        try leave(.serverCrash, at: now)
        return try opened().statement(
            """
            SELECT pool, client_id, epoch, topic, payload, qos, retain, properties, cause, left_at, fingerprint, lost_at
            FROM wills
            ORDER BY epoch
            """
        ).rows([], Self.will).compactMap { $0 }
    }

    /// Does all of `deeds`, or none.
    func perform(_ deeds: [WillDeed]) throws(StoreError) {
        let connection = try opened()
        try connection.transaction { () throws(StoreError) in
            for deed in deeds {
                switch deed {
                case .remember(let kept): try Self.insert(kept, into: connection)
                case .lose(let name, let time):
                    try connection.statement(
                        "UPDATE wills SET lost_at = ? WHERE pool = ? AND client_id = ? AND epoch = ?"
                    ).run([.integer(time)] + Self.key(of: name))
                case .forget(let name):
                    try connection.statement("DELETE FROM wills WHERE pool = ? AND client_id = ? AND epoch = ?").run(
                        Self.key(of: name))
                }
            }
        }
    }

    /// Says of all wills that have no cause yet why their clients were left.
    package func leave(_ cause: KeptWill.Cause, at now: Int64) throws(StoreError) {
        try opened().statement("UPDATE wills SET cause = ?, left_at = ? WHERE cause = ''").run([
            .text(Array(cause.rawValue.utf8)), .integer(now),
        ])
    }

    /// After an error nothing of the old connection is trusted. [T-51]
    func reopen() throws(StoreError) {
        connection = nil
        let fresh = try Self.open(path)
        _ = try fresh.integer("PRAGMA wal_checkpoint(TRUNCATE)")
        connection = fresh
    }

    package func close() {
        connection = nil
    }

    private func opened() throws(StoreError) -> SQLiteConnection {
        guard let connection else { throw .unavailable("\(path) is closed") }
        return connection
    }

    private static func open(_ path: String) throws(StoreError) -> SQLiteConnection {
        let connection = try SQLiteStore.open(path)
        try connection.execute(
            """
            CREATE TABLE IF NOT EXISTS wills (
                pool TEXT NOT NULL,
                client_id BLOB NOT NULL,
                epoch INTEGER NOT NULL,
                topic BLOB NOT NULL,
                payload BLOB NOT NULL,
                qos INTEGER NOT NULL,
                retain INTEGER NOT NULL,
                properties BLOB NOT NULL,
                cause TEXT NOT NULL DEFAULT '',
                left_at INTEGER NOT NULL DEFAULT 0,
                fingerprint TEXT NOT NULL DEFAULT '',
                lost_at INTEGER NOT NULL DEFAULT 0,
                PRIMARY KEY (pool, client_id, epoch)
            ) STRICT, WITHOUT ROWID
            """)
        // A file of an earlier version lacks columns; that version goes on with the file as it is then.
        for (column, kind) in [("fingerprint", "TEXT NOT NULL DEFAULT ''"), ("lost_at", "INTEGER NOT NULL DEFAULT 0")] {
            let found = try connection.integer(
                "SELECT count(*) FROM pragma_table_info('wills') WHERE name = '\(column)'")
            if found == 0 { try connection.execute("ALTER TABLE wills ADD COLUMN \(column) \(kind)") }
        }
        return connection
    }

    private static func insert(_ kept: KeptWill, into connection: SQLiteConnection) throws(StoreError) {
        let will = kept.will
        var properties: [UInt8] = []
        for property in will.properties.list { property.encode(into: &properties) }
        try connection.statement(
            """
            INSERT INTO wills (pool, client_id, epoch, topic, payload, qos, retain, properties, fingerprint)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
            """
        ).run(
            key(of: kept.name) + [
                .blob(will.topic.bytes), .blob(will.payload), .integer(Int64(will.qos.rawValue)),
                .integer(will.retain ? 1 : 0), .blob(properties),
                .text(Array((kept.fingerprint ?? "").utf8)),
            ])
    }

    private static func key(of name: KeptWill.Name) -> [SQLiteStatement.Value] {
        [
            .text(Array((name.pool?.description ?? "").utf8)), .blob(name.clientID.bytes), .integer(name.epoch),
        ]
    }

    /// Nil for a row that is no will any more: it stays in the file, for a person to look at. [T-65]
    private static func will(_ row: SQLiteRow) -> KeptWill? {
        let pool = row.bytes(0)
        guard pool.isEmpty || ULID(pool) != nil,
            let clientID = try? ClientID(validating: row.bytes(1)),
            let topic = try? TopicName(validating: row.bytes(3)),
            let qos = QoS(rawValue: UInt8(truncatingIfNeeded: row.integer(5))),
            let cause = KeptWill.Cause(rawValue: String(decoding: row.bytes(8), as: UTF8.self))
        else { return nil }
        let bytes = row.bytes(7)
        guard let properties = try? Properties.decode(bytes.span.bytes, in: 0..<bytes.count, for: .will) else {
            return nil
        }
        let fingerprint = String(decoding: row.bytes(10), as: UTF8.self)
        let lostAt = row.integer(11)
        return KeptWill(
            name: KeptWill.Name(pool: ULID(pool), clientID: clientID, epoch: row.integer(2)),
            will: Will(
                topic: topic, payload: row.bytes(4), qos: qos, retain: row.integer(6) != 0, properties: properties),
            fingerprint: fingerprint.isEmpty ? nil : fingerprint,
            left: KeptWill.Left(cause: lostAt == 0 ? cause : nil, at: lostAt == 0 ? row.integer(9) : lostAt))
    }
}
