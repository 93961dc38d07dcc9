import BrokerCore
import Glibc
import TestSupport
import Testing

@testable import MessageQueue

private func message(_ ticket: Ticket, epoch: String = "1", body: String = "e30=", at time: Int64 = 1_000)
    -> QueueMessage
{
    QueueMessage(
        key: .init(epoch: epoch, ticket: ticket), worker: ULID(high: 0, low: 7), body: Array(body.utf8),
        enqueuedAt: time)
}

private func configuration(_ server: PostgresServer, allowsUnsafe: Bool = false) throws -> PostgresConfiguration {
    PostgresConfiguration(url: try #require(DatabaseURL(server.url)), allowsUnsafe: allowsUnsafe)
}

private func store(_ server: PostgresServer, _ change: (inout PostgresStore.Limits) -> Void = { _ in }) throws
    -> PostgresStore
{
    var limits = PostgresStore.Limits()
    change(&limits)
    return try PostgresStore(configuration(server), limits: limits)
}

@Suite(.enabled(if: PostgresServer.missing == nil, "SKIPPED: PostgreSQL is not installed"), .timeLimit(.minutes(2)))
struct PostgresStoreTests {
    private func fresh() async throws -> PostgresStore {
        let url = try #require(DatabaseURL(await SharedPostgres.freshURL()))
        return try PostgresStore(PostgresConfiguration(url: url))
    }

    @Test func keepsWhatItWasGivenInItsOrder() async throws {
        let store = try await fresh()
        try store.append([message(1, body: "YQ=="), message(2, body: "Yg==", at: 1_234_567_890_123)])
        try store.append([message(3, body: "Yw==")])
        let rows = try store.execute(
            """
            SELECT id, queue, body, (extract(epoch FROM enqueued_at) * 1000)::bigint, receives, ingress_key,
                visible_at <= now() FROM message_queue_messages ORDER BY id
            """)
        let lines = (0..<rows.count).map { row in (0..<7).map { rows.text(row, $0) ?? "NULL" }.joined(separator: " ") }
        #expect(
            lines == [
                "1 iot YQ== 1000 0 1/0000000001 t", "2 iot Yg== 1234567890123 0 1/0000000002 t",
                "3 iot Yw== 1000 0 1/0000000003 t",
            ])
        #expect(try store.contents(at: 1_500) == StoreContents(depth: 3, visible: 3, oldestAge: 500))
    }

    @Test func storesAMessageThatIsSentAgainOnce() async throws {
        let store = try await fresh()
        try store.append([message(1), message(2)])
        try store.append([message(2), message(3)])
        try store.append([message(2), message(3)])
        try store.append([message(1, epoch: "2")])
        #expect(try store.contents(at: 0).depth == 4)
    }

    /// [T-45] [T-55]
    @Test(arguments: ["", "'; DROP TABLE message_queue_messages; --", "\\", "{\",}", "NULL", "é\u{202E}\n\r\t"])
    func storesAnyTextAsItIs(_ body: String) async throws {
        let store = try await fresh()
        try store.append([message(1, body: body), message(2, body: body)])
        let rows = try store.execute("SELECT body FROM message_queue_messages ORDER BY id")
        #expect((0..<rows.count).map { rows.bytes($0, 0) } == [Array(body.utf8), Array(body.utf8)])
    }

    @Test func storesTheLargestMessagesInOneBatch() async throws {
        let store = try await fresh()
        let large = String(repeating: "QUJD", count: 128 * 1_024 / 3)
        try store.append((1...32).map { message($0, body: large) })
        let sum = try store.execute("SELECT count(*), sum(length(body)) FROM message_queue_messages")
        #expect(sum.integer(0, 0) == 32)
        #expect(sum.integer(0, 1) == Int64(32 * large.utf8.count))
    }

    /// [T-55]
    @Test func refusesABatchWithAPoisonRowWholeAndKeepsTheConnection() async throws {
        let store = try await fresh()
        let poison = QueueMessage(
            key: .init(epoch: "1", ticket: 2), worker: ULID(high: 0, low: 7), body: [0x61, 0, 0x62], enqueuedAt: 5)
        let error = #expect(throws: StoreError.self) { try store.append([message(1), poison, message(3)]) }
        #expect(error == .refused("invalid byte sequence for encoding \"UTF8\": 0x00 (SQLSTATE 22021)"))
        #expect(try store.contents(at: 0).depth == 0)
        try store.append([message(1), message(3)])
        try store.bury(poison, reason: "because\0of it")
        try store.bury(poison, reason: "again")
        #expect(try store.contents(at: 0).deadLetters == 1)
        let letter = try store.execute("SELECT body, reason, ingress_key FROM message_queue_dead_letters")
        #expect(letter.data(0, 0) == [0x61, 0, 0x62])
        #expect(letter.text(0, 1) == "becauseof it")
        #expect(letter.text(0, 2) == "1/0000000002")
    }

    /// [T-55]
    @Test func aTriggersAndAConstraintsWordsAreAboutTheRow() async throws {
        let store = try await fresh()
        try store.execute("ALTER TABLE message_queue_messages ADD CHECK (ingress_key <> '1/0000000002')")
        let error = #expect(throws: StoreError.self) { try store.append([message(1), message(2)]) }
        guard case .refused = error else { return #expect(Bool(false), "\(String(describing: error))") }
        // The row itself, as the detail would quote it, is not for a log.
        #expect(error?.description.contains("e30=") == false)
    }

    /// [T-52]
    @Test func waitsForTheDiskWhateverTheRoleSays() async throws {
        let url = try await SharedPostgres.freshURL()
        let first = try PostgresStore(PostgresConfiguration(url: #require(DatabaseURL(url))))
        try first.execute(
            "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = off', current_database()); END $$")
        try first.execute("CREATE TABLE seen (setting text)")
        try first.execute(
            """
            CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN INSERT INTO seen SELECT current_setting('synchronous_commit'); RETURN NULL; END $$
            """)
        try first.execute(
            """
            CREATE CONSTRAINT TRIGGER look AFTER INSERT ON message_queue_messages DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION look()
            """)
        let store = try PostgresStore(PostgresConfiguration(url: #require(DatabaseURL(url))))
        #expect(try store.execute("SHOW synchronous_commit").text(0, 0) == "off")
        try store.append([message(1)])
        #expect(try store.execute("SELECT setting FROM seen").text(0, 0) == "on")
        #expect(try store.execute("SHOW synchronous_commit").text(0, 0) == "off")
    }

    /// A transaction pooler gives the connection to somebody else after each transaction.
    @Test func leavesNothingBehindInItsSession() async throws {
        let store = try await fresh()
        try store.append([message(1), message(2)])
        try store.bury(message(3), reason: "why")
        _ = try store.contents(at: 0)
        let left = try store.execute(
            """
            SELECT (SELECT count(*) FROM pg_prepared_statements), (SELECT count(*) FROM pg_listening_channels()),
                (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()),
                (SELECT count(*) FROM pg_settings WHERE source = 'session'),
                (SELECT count(*) FROM pg_cursors WHERE name <> ''), to_regclass('pg_temp.anything') IS NULL
            """)
        #expect((0..<6).map { left.text(0, $0) } == ["0", "0", "0", "0", "0", "t"])
    }

    @Test func tellsListenersTheNewestIdOncePerBatch() async throws {
        let url = try #require(DatabaseURL(await SharedPostgres.freshURL()))
        let store = try PostgresStore(PostgresConfiguration(url: url))
        let listener = try PostgresConnection(url, patience: 5_000)
        try listener.run("LISTEN \(PostgresStore.channel)")
        #expect(try listener.notifications(within: 0) == 0)
        try store.append([message(1), message(2), message(3)])
        #expect(try listener.notifications(within: 5_000) == 1)
        try store.append([message(3)])
        #expect(try listener.notifications(within: 50) == 0)
    }

    @Test func makesItsTablesOnceHoweverManyStartTogether() async throws {
        let url = try #require(DatabaseURL(await SharedPostgres.freshURL()))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...4 {
                group.addTask {
                    let store = try PostgresStore(PostgresConfiguration(url: url))
                    try store.append([message(1, epoch: "\(number)")])
                }
            }
            try await group.waitForAll()
        }
        let store = try PostgresStore(PostgresConfiguration(url: url))
        #expect(try store.contents(at: 0).depth == 4)
        #expect(try store.execute("SELECT count(*) FROM message_queue_schema").text(0, 0) == "1")
    }

    @Test func refusesTablesOfALaterVersionAndTablesOfOthers() async throws {
        let url = try await SharedPostgres.freshURL()
        let store = try PostgresStore(PostgresConfiguration(url: #require(DatabaseURL(url))))
        try store.execute("UPDATE message_queue_schema SET version = 99")
        #expect(throws: StoreError.unavailable("the database's queue is of version 99; this program knows up to 2")) {
            try PostgresStore(PostgresConfiguration(url: #require(DatabaseURL(url))))
        }
        try store.execute("DROP TABLE message_queue_schema")
        let error = #expect(throws: StoreError.self) {
            try PostgresStore(PostgresConfiguration(url: #require(DatabaseURL(url))))
        }
        #expect(error?.description.contains("that this program did not make") == true)
    }

    /// [T-57]
    @Test func aReadOnlyDatabaseIsAwayRatherThanRefusing() async throws {
        let url = try #require(DatabaseURL(await SharedPostgres.freshURL()))
        let store = try PostgresStore(PostgresConfiguration(url: url))
        try store.execute(
            "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', current_database()); END $$"
        )
        #expect(throws: StoreError.unavailable("the database is read-only")) {
            try PostgresStore(PostgresConfiguration(url: url))
        }
        #expect(throws: StoreError.unavailable("the database is read-only")) { try store.reopen() }
        let fresh = try PostgresConnection(url, patience: 5_000)
        let error = #expect(throws: StoreError.self) {
            try fresh.transaction([.init("DELETE FROM message_queue_messages")])
        }
        guard case .unavailable(let reason) = error else { return #expect(Bool(false), "\(String(describing: error))") }
        #expect(reason.contains("25006"))
    }

    /// [X-05, T-77] Ended by an administrator (57P01), again and again.
    @Test func aLostConnectionIsOpenedAnewAndTheBatchStoredOnce() async throws {
        let store = try await fresh()
        try store.append([message(1)])
        _ = try? store.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        let error = #expect(throws: StoreError.self) { try store.append([message(1), message(2)]) }
        guard case .unavailable = error else { return #expect(Bool(false), "\(String(describing: error))") }
        try store.reopen()
        try store.append([message(1), message(2)])
        #expect(try store.contents(at: 0).depth == 2)
    }

    /// [SD-10]
    @Test func saysWhyThereIsNoConnectionWithoutThePassword() async throws {
        let port = try Loopback.freePort()
        for text in [
            "postgresql://u:kanarienvogel@127.0.0.1:\(port)/d", "host=127.0.0.1 port=\(port) password=kanarienvogel",
            "postgresql://u:kanarienvogel@/kanarienvogel?host=/nonexistent/kanarienvogel",
        ] {
            var limits = PostgresStore.Limits()
            limits.startPatience = 0
            let error = #expect(throws: StoreError.self) {
                try PostgresStore(PostgresConfiguration(url: #require(DatabaseURL(text))), limits: limits)
            }
            #expect(error?.description.contains("vogel") == false)
            #expect(error?.description.contains("\n") == false)
        }
    }
}

@Suite(.enabled(if: PostgresServer.missing == nil, "SKIPPED: PostgreSQL is not installed"), .timeLimit(.minutes(5)))
struct PostgresOutageTests {
    /// [T-52]
    @Test(arguments: ["fsync", "full_page_writes"])
    func settingsThatLoseMessagesAreRefusedUnlessAllowed(setting: String) async throws {
        let server = try await PostgresServer(["\(setting)=off"])
        let error = #expect(throws: StoreError.self) { try store(server) }
        #expect(
            error?.description == "the database can lose acknowledged messages: \(setting) is off; turn it on,"
                + " or accept the loss with SIGNALBOX_ALLOW_UNSAFE_DB=1")
        let allowed = try PostgresStore(configuration(server, allowsUnsafe: true))
        try allowed.append([message(1)])
        #expect(
            try allowed.contents(at: 0).warning == "the database can lose acknowledged messages: \(setting) is off")
    }

    /// [X-03]
    @Test func nothingStoredIsLostWhenTheServerIsKilled() async throws {
        let server = try await PostgresServer()
        let store = try store(server)
        for start in 0..<3 {
            for batch in 0..<20 {
                let first = Ticket(start * 1_000 + batch * 10 + 1)
                try store.append((first..<first + 10).map { message($0) })
            }
            server.kill()
            #expect(throws: StoreError.self) { try store.append([message(Ticket(start * 1_000 + 500))]) }
            #expect(throws: StoreError.self) { try store.reopen() }
            try await server.start()
            try store.reopen()
            try store.append([message(Ticket(start * 1_000 + 500))])
            #expect(try store.contents(at: 0).depth == Int64((start + 1) * 201))
        }
    }

    /// [X-09]
    @Test func aFrozenServerIsGivenUpAndNothingIsStoredTwice() async throws {
        let server = try await PostgresServer()
        // Tables are made with patience.
        _ = try PostgresStore(configuration(server))
        let store = try store(server) { $0.patience = 1_000 }
        // A busy disk may try its patience as well: it is asked again, as the writer asks.
        func insist(_ messages: [QueueMessage]) async throws {
            try await becomesTrue(within: .seconds(60), "it is stored") {
                do { try store.append(messages) } catch {
                    try? store.reopen()
                    return false
                }
                return true
            }
        }
        try await insist([message(1)])
        server.freeze()
        #expect(throws: StoreError.unavailable("the database has not answered for 1 s")) {
            try store.append([message(2), message(3)])
        }
        server.thaw()
        try await becomesTrue(within: .seconds(60), "it is opened anew") { (try? store.reopen()) != nil }
        try await insist([message(2), message(3)])
        let depth = try await eventually("it is counted") { try? store.contents(at: 0).depth }
        #expect(depth == 3)
    }

    /// [X-05, T-77] Stopped in every way and started again, read-only, full, busy: what was handed over is stored once.
    @Test func outlivesWhatAnAdministratorDoesToTheServer() async throws {
        let server = try await PostgresServer()
        let commits = Commits()
        let writer = try QueueWriter(store(server), epoch: "1") { commits.note($0) }
        var handed: Ticket = 0
        func handOver(_ count: Int) {
            let first = handed + 1
            handed += Ticket(count)
            writer.submit(
                (first...handed).map {
                    HandOver(
                        ticket: $0, pool: ULID(high: 1, low: 1), worker: ULID(high: 2, low: 2),
                        payload: Array("{}".utf8), receivedAt: QueueClock.wall())
                })
        }
        for way in [SIGINT, SIGQUIT, SIGINT] {
            handOver(300)
            try await server.stop(way)
            handOver(300)
            try await becomesTrue("trouble is told") { writer.status.trouble != nil }
            try await server.start()
            try await becomesTrue("all is stored") { commits.count == Int(handed) }
            #expect(writer.status.trouble == nil)
        }
        // A serialization failure, a full disk, no room for connections, a cancelled query, a read-only server.
        try await server.sql("CREATE TABLE mood (state text); INSERT INTO mood VALUES ('')")
        try await server.sql(
            """
            CREATE FUNCTION moody() RETURNS trigger LANGUAGE plpgsql AS $$
            DECLARE state text := (SELECT mood.state FROM mood);
            BEGIN
                IF state <> '' THEN RAISE EXCEPTION USING ERRCODE = state, MESSAGE = 'not now'; END IF;
                RETURN NEW;
            END $$
            """)
        try await server.sql(
            "CREATE TRIGGER moody BEFORE INSERT ON message_queue_messages FOR EACH ROW EXECUTE FUNCTION moody()")
        for state in ["40001", "53100", "53300", "57014", "25006"] {
            try await server.sql("UPDATE mood SET state = '\(state)'")
            handOver(10)
            try await becomesTrue("\(state) is told") { writer.status.trouble == "not now (SQLSTATE \(state))" }
            try await server.sql("UPDATE mood SET state = ''")
            try await becomesTrue("all is stored") { commits.count == Int(handed) }
        }
        #expect(writer.stop(within: 60_000))
        #expect(writer.counts.buried == 0)
        let stored = try await server.sql("SELECT count(*), count(DISTINCT ingress_key) FROM message_queue_messages")
        #expect(stored == "\(handed)|\(handed)")
    }

    /// TLS is the URL's matter: it is spoken, the name is looked at, and what cannot be trusted is not.
    @Test func speaksTLSAsTheURLSays() async throws {
        let directory = try TemporaryDirectory()
        chmod(directory.path, 0o755)
        let (key, certificate) = (directory.file("server.key"), directory.file("server.crt"))
        let made = try await ChildProcess.run(
            "openssl",
            [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=db", "-addext",
                "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate,
            ])
        try #require(made.status == 0, "\(made.errors)")
        if getuid() == 0, let user = getpwnam("postgres") { chown(key, user.pointee.pw_uid, user.pointee.pw_gid) }
        chmod(key, 0o600)
        chmod(certificate, 0o644)
        let server = try await PostgresServer(["ssl=on", "ssl_key_file=\(key)", "ssl_cert_file=\(certificate)"])
        func open(_ words: String) throws -> PostgresStore {
            let url = try #require(DatabaseURL("\(server.url)?\(words)"))
            var limits = PostgresStore.Limits()
            limits.startPatience = 0
            return try PostgresStore(PostgresConfiguration(url: url), limits: limits)
        }
        for words in ["sslmode=require", "sslmode=verify-full&sslrootcert=\(certificate)"] {
            let store = try open(words)
            try store.append([message(1)])
            let seen = try store.execute("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
            #expect(seen.text(0, 0) == "t", "\(words)")
        }
        #expect(throws: StoreError.self) { try open("sslmode=verify-full&sslrootcert=\(directory.file("none"))") }
        let other = server.url.replacing("127.0.0.1", with: "localhost")
        let url = try #require(DatabaseURL("\(other)?sslmode=verify-full&sslrootcert=\(certificate)"))
        let error = #expect(throws: StoreError.self) { try PostgresStore(PostgresConfiguration(url: url)) }
        #expect(error?.description.contains("does not match host name") == true)
    }

    /// [T-57, X-05]
    @Test func aPrimaryThatWasReplacedAndComesBackIsNotWrittenTo() async throws {
        let server = try await PostgresServer()
        let store = try store(server)
        try store.append([message(1)])
        try await server.failOver()
        try store.reopen()
        try store.append([message(2)])
        try await server.comeBack()
        let older = StoreError.unavailable(
            "the database is an older primary: it is on timeline 1, and messages were stored on 2")
        for _ in 0..<2 { #expect(throws: older) { try store.reopen() } }
        #expect(try await server.sql("SELECT count(*) FROM message_queue_messages") == "1")
        try await server.comeBack()
        try store.reopen()
        #expect(try store.contents(at: 0).depth == 2)
    }

    @Test func aDatabaseThatWasMadeAnewMayBeginAtItsFirstTimeline() throws {
        let two = PostgresSafety.Timeline(system: "1", number: 2)
        try PostgresSafety.check(PostgresSafety.Timeline(system: "7", number: 1), after: two)
        try PostgresSafety.check(nil, after: two)
        try PostgresSafety.check(two, after: nil)
    }

    @Test func aStartWaitsForADatabaseThatIsStarting() async throws {
        let server = try await PostgresServer()
        server.kill()
        let settings = try configuration(server)
        var limits = PostgresStore.Limits()
        limits.startPatience = 120_000
        let patient = limits
        async let opened = Task.detached { try PostgresStore(settings, limits: patient).contents(at: 0).depth }.value
        try await server.start()
        #expect(try await opened == 0)
    }
}
