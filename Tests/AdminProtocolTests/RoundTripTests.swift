import AdminProtocol
import Testing

/// Every type that travels, with every member set, comes back as it went; and again with the optional ones absent.
@Suite struct RoundTripTests {
    private func comesBack<Value: Codable & Equatable>(_ value: Value) throws {
        let json = try JSON.encoding(value)
        let travelled = try JSON(parsing: json.bytes)
        #expect(travelled == json)
        #expect(try travelled.decoded(as: Value.self, unknownKeys: .refused) == value)
    }

    private let worker = WorkerRow(
        id: "w", pool: "p", poolName: "pool", state: .stuck, why: "nothing moves", epoch: 7, connected: true,
        connectedAt: 1, goneAt: 2, address: "10.0.0.1:1", protocolVersion: "5", inRate: 0.5, outRate: 1, inBytes: 2,
        outBytes: 3.25, queued: 4, inFlight: 5, oldestQueuedAt: 6, rtt: 8, denied: 9, lastInAt: 10, flaps: 11,
        version: "2.4.1", status: "BUSY", run: "r")
    private let event = EventRow(
        id: "1", at: 2, what: .kicked, worker: "w", pool: "p", poolName: "n", reason: "r", detail: "d", by: "alice")
    private let levels = LogLevels(
        level: .debug, configured: .error,
        leases: [.init(scope: "broker", level: .debug, by: "bob", since: 1, until: 2, reason: "why")], linesPerSecond: 3
    )

    @Test func rows() throws {
        try comesBack(worker)
        try comesBack(WorkerRow(id: "w", pool: "", poolName: ""))
        try comesBack(
            PoolRow(
                id: "p", name: "n", state: "FLAP", attention: 3, createdAt: 1, connected: 2, busy: 1, idle: 1,
                drained: 0,
                stuck: 1, flapping: 2, inRate: 1, outRate: 2, inBytes: 3, outBytes: 4, deniedPerMinute: 5, flaps: 6,
                queued: 7, oldestQueuedAt: 8, oldestConnectedAt: 9, versions: [.init(version: "1", count: 2)],
                addresses: 3, wills: 4))
        try comesBack(PoolRow(id: "p", name: "n", createdAt: 1))
        try comesBack(event)
        try comesBack(
            TopicRow(
                id: "a/+", topics: 2, rate10s: 1, rate60s: 2, rate15m: 3, bytes10s: 4, share: 0.5, messages: 5,
                bytes: 6,
                lastAt: 7, subscribers: 8, retained: 9, qos0: 1, qos1: 2, qos2: 3, largest: 4))
        try comesBack(
            DenialRow(
                id: "1", count: 2, firstAt: 3, lastAt: 4, perMinute: 5, principal: "worker", client: "w", pool: "p",
                poolName: "n", address: "a", action: "subscribe", topic: "t", rule: "r", reason: "x", allowed: "y",
                differingLevel: 2, difference: "d", outcome: "o", samples: [4, 3]))
        try comesBack(LogRow(id: "1", at: 2, level: .warn, subsystem: "access", client: "c", pool: "p", message: "m"))
        try comesBack(ListPage(rows: [worker], total: 9, matched: 5, offset: 1, sort: "-queued", next: "2"))
    }

    @Test func details() throws {
        try comesBack(
            WorkerDetail(
                row: worker, clientID: "w", createdAt: 1, keepAlive: 2, cleanStart: false, sessionExpiry: 3,
                receiveMaximum: 4, tls: "TLS 1.3", fingerprint: "ab", certificateExpiresAt: 5,
                received: Traffic(messages: 1, bytes: 2, rate1s: 3, rate10s: 4, rate60s: 5, bytes10s: 6),
                sent: Traffic(),
                dropped: 7, will: .init(topic: "t", qos: 1, bytes: 2, delay: 3),
                subscriptions: [.init(filter: "f", qos: 1)],
                waiting: [.init(at: 1, topic: "t", bytes: 2, sent: true)], lastDenial: "d", lastDisconnect: "e",
                reconnects: 8, clockSkew: -9, metadata: ["k": "v"], history: [event]))
        try comesBack(WorkerDetail(row: worker, clientID: "w"))
        let sample = Sample(
            at: 1, received: 2, sent: 3, receivedBytes: 4, sentBytes: 5, denied: 6, connects: 7, workers: 8, queued: 9)
        try comesBack(History(step: 1_000, samples: [sample, sample]))
        try comesBack(
            Overview(
                now: 1, startedAt: 2, workers: 3, workersChange: -4, connections: 5, pools: 6, stuck: 7, flapping: 8,
                busy: 9, received: Traffic(), sent: Traffic(), dropped: 1, retained: 2, inFlight: 3, queued: 4,
                denied: 5,
                deniedPerMinute: 6, connectsPerSecond: 7,
                queue: .init(
                    store: "sqlite", depth: 1, oldestAge: 2, pending: 3, committed: 4, deadLetters: 5,
                    trouble: "disk full"),
                alerts: [.init(id: "a", text: "t", since: 1, view: "workers", filter: "state:STUCK")], levels: levels,
                operators: [.init(id: "1", name: "alice", role: .operator, since: 1, address: "unix")], sample: sample))
        try comesBack(
            Hello(
                installation: "i", environment: "PROD", version: "1", mode: "builtin", endpoint: "h:1984",
                namespace: "spacelift", open: "127.0.0.1:1883", principal: "alice", role: .security, instance: "1",
                startedAt: 1, now: 2, features: [.init(name: "tail", available: false, why: "later")]))
    }

    @Test func requestsAndArguments() throws {
        try comesBack(
            Request(id: "1", cmd: "kick", args: .object([.init("a", .int(1))]), issuedAt: 1, reason: "r", dryRun: false)
        )
        try comesBack(Request(id: "1", cmd: "hello"))
        try comesBack(
            ListQuery(
                filter: "a", sort: "-b", offset: 1, limit: 2, cursor: "3", pool: "p", worker: "w", shape: "s",
                gone: true,
                since: 1, until: 2))
        try comesBack(ListQuery())
        try comesBack(WatchQuery(watch: "w", what: .workers, query: ListQuery(filter: "x"), intervalMs: 500))
        try comesBack(WatchName(watch: "w"))
        try comesBack(HistoryQuery(step: 1_000, limit: 60))
        try comesBack(WorkerQuery(worker: "w"))
        try comesBack(Kick(worker: "w", epoch: 1, cleanSession: true, fireWill: false))
        try comesBack(LogLevelChange(scope: "broker", level: "debug", forMs: 1, keep: true))
        try comesBack(LogLevelRevert(scope: "worker:x"))
        try comesBack(levels)
    }

    @Test func answersAndStream() throws {
        try comesBack(Answer(id: "1", state: .done, result: .object([.init("x", .double(5))]), at: 1))
        try comesBack(
            Answer(id: "1", state: .refused, error: AdminError(.stale, "has reconnected", field: "args.epoch"), at: 1))
        try comesBack(Kicked(worker: "w", epoch: 1, connectedFor: 2, willSent: true, sessionKept: false))
        let outcome = KickOutcome(request: "1", worker: "w", state: .back, after: 1_300, sameAddress: true, epoch: 9)
        try comesBack(StreamMessage(at: 1, outcome: outcome))
        try comesBack(StreamMessage(watch: "w", seq: 1, at: 2, snapshot: .array([.null])))
        try comesBack(
            StreamMessage(
                watch: "w", seq: 2, at: 3,
                delta: .object(
                    removed: ["a"], changed: [.init(key: "b", delta: .rows([.kept(from: 0, count: 2)], changed: []))],
                    inserted: [])))
        let message = StreamMessage(watch: "w", seq: 1, at: 2, delta: .replaced(.object([])))
        #expect(try StreamMessage(bytes: message.bytes) == message)
    }
}
