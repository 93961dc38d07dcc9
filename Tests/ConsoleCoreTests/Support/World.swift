import AdminProtocol
import ConsoleCore

/// A broker with pools, workers and trouble, as the admin topic tells of it; always the same.
enum World {
    /// 2025-11-22 12:04:31 UTC.
    static let now: Timestamp = 1_763_813_071_000

    static let pool1 = "01K91X9KE18W6YB2N4R0TV7QK2"
    static let pool2 = "01K6F948FH8W6YB2N4R0TVM3VB"
    static let pool3 = "01K6F948FH8W6YB2N4R0TV0C9A"
    static let pool4 = "01JX1X9KE18W6YB2N4R0TVXN44"

    static func worker(_ tail: String) -> String { "01K9KTVTCS8W6YB2N4R0TV\(tail)" }

    static func hello(role: Role = .operator, open: String? = nil, instance: String = "a") -> Hello {
        Hello(
            installation: "prod-eu", environment: "PROD", version: "0.1.0", mode: "builtin", endpoint: "mqtt.corp:1984",
            namespace: "spacelift", open: open, principal: "alice", role: role, instance: instance,
            startedAt: now - 266_400_000, now: now, features: [])
    }

    static func sample(_ back: Int64) -> Sample {
        let wave = (back * 7919 % 17 + back * 31 % 23)
        return Sample(
            at: now - back * 1000, received: 900 + wave * 20, sent: 2000 + wave * 25,
            receivedBytes: 2_900_000 + wave * 9000,
            sentBytes: 5_500_000 + wave * 20000, denied: back % 17 == 0 ? 2 : 0, connects: back % 29 == 0 ? 1 : 0,
            workers: 412, queued: Int(back % 40 > 30 ? 90 : 12))
    }

    static var history: History { History(step: 1000, samples: (1...300).reversed().map { sample($0) }) }

    static var levels: LogLevels {
        LogLevels(
            level: .warn, configured: .warn,
            leases: [
                LogLevels.Lease(
                    scope: "worker:\(worker("90QP"))", level: .debug, by: "bob", since: now - 19_000,
                    until: now + 581_000, reason: "stuck run 4412")
            ], linesPerSecond: 14)
    }

    static var overview: Overview {
        Overview(
            now: now, startedAt: now - 266_400_000, workers: 412, workersChange: -3, connections: 415, pools: 4,
            stuck: 2,
            flapping: 1, busy: 172,
            received: Traffic(
                messages: 9_120_000, bytes: 3_000_000_000, rate1s: 1180, rate10s: 1210, rate60s: 1199,
                bytes10s: 3_100_000),
            sent: Traffic(
                messages: 19_120_000, bytes: 9_000_000_000, rate1s: 2300, rate10s: 2340, rate60s: 2310,
                bytes10s: 6_000_000),
            dropped: 0, retained: 412, inFlight: 96, queued: 96, denied: 31, deniedPerMinute: 14,
            connectsPerSecond: 0.05,
            queue: Overview.Queue(store: "sqlite", depth: 12, oldestAge: 400, committed: 9_119_988),
            alerts: [
                Overview.Alert(
                    id: "denied", text: "denied rate 14/m over 5/m", since: now - 311_000, view: "denied"),
                Overview.Alert(
                    id: "flap:\(pool1)", text: "pool eu-terraform flapping: 9 reconnects/5m", since: now - 209_000,
                    view: "workers", filter: "pool:7QK2"),
            ], levels: levels,
            operators: [
                Overview.Operator(id: "1", name: "alice", role: .operator, since: now - 600_000, address: "unix"),
                Overview.Operator(id: "2", name: "bob", role: .viewer, since: now - 360_000, address: "10.0.0.12"),
            ], sample: sample(0))
    }

    static var pools: [PoolRow] {
        [
            PoolRow(
                id: pool1, name: "eu-terraform", state: "FLAP", attention: 90, createdAt: 1_762_074_611_000,
                connected: 38,
                busy: 31, idle: 7, drained: 0, stuck: 2, flapping: 1, inRate: 210, outRate: 404, inBytes: 86_000,
                outBytes: 166_000, deniedPerMinute: 12, flaps: 9, queued: 83, oldestQueuedAt: now - 751_000,
                oldestConnectedAt: now - 263_000_000,
                versions: [.init(version: "2.4.1", count: 30), .init(version: "2.4.0", count: 8)], addresses: 9,
                wills: 38),
            PoolRow(
                id: pool2, name: "eu-ansible", state: "ok", attention: 20, createdAt: 1_759_000_000_000, connected: 12,
                busy: 0,
                idle: 0, drained: 12, inRate: 4, outRate: 8, inBytes: 1600, outBytes: 3200,
                oldestConnectedAt: now - 14_400_000, versions: [.init(version: "2.4.0", count: 12)], addresses: 3,
                wills: 12),
            PoolRow(
                id: pool3, name: "shared-k8s", state: "ok", attention: 10, createdAt: 1_759_000_001_000, connected: 300,
                busy: 122, idle: 178, drained: 0, inRate: 980, outRate: 1820, inBytes: 402_000, outBytes: 800_000,
                deniedPerMinute: 2, queued: 13, oldestConnectedAt: now - 266_000_000,
                versions: [.init(version: "2.4.1", count: 300)], addresses: 60, wills: 300),
            PoolRow(
                id: pool4, name: "us-tofu", state: "ok", attention: 5, createdAt: 1_749_000_000_000, connected: 62,
                busy: 19,
                idle: 43, drained: 0, inRate: 17, outRate: 102, inBytes: 7000, outBytes: 41000,
                oldestConnectedAt: now - 212_000_000, versions: [.init(version: "2.4.1", count: 62)], addresses: 12,
                wills: 62),
        ]
    }

    static var workers: [WorkerRow] {
        func row(
            _ tail: String, _ state: WorkerState, _ why: String? = nil, up: Int64, address: String, inRate: Double,
            outRate: Double, queued: Int = 0, inFlight: Int = 0, oldest: Int64? = nil, rtt: Int64? = nil,
            denied: Int64 = 0,
            lastIn: Int64, flaps: Int = 0, run: String? = nil
        ) -> WorkerRow {
            WorkerRow(
                id: worker(tail), pool: pool1, poolName: "eu-terraform", state: state, why: why, epoch: 7,
                connectedAt: now - up, address: address, inRate: inRate, outRate: outRate, inBytes: inRate * 410,
                outBytes: outRate * 400, queued: queued, inFlight: inFlight, oldestQueuedAt: oldest.map { now - $0 },
                rtt: rtt,
                denied: denied, lastInAt: now - lastIn, flaps: flaps, version: "2.4.1", status: state.rawValue, run: run
            )
        }
        return [
            row(
                "90QP", .stuck, "44 messages unacknowledged for 12m31s; pings still come", up: 19_000,
                address: "10.4.1.9:51822", inRate: 0, outRate: 12, queued: 44, inFlight: 20, oldest: 751_000, denied: 3,
                lastIn: 751_000, run: "01K9RUN4412"),
            row(
                "22KD", .stuck, "39 messages unacknowledged for 11m02s", up: 4_320_000, address: "10.4.1.9:51830",
                inRate: 0,
                outRate: 11, queued: 39, inFlight: 20, oldest: 662_000, lastIn: 662_000),
            row(
                "5VXA", .flap, "9 reconnects in 5 minutes", up: 1000, address: "10.4.1.4:44120", inRate: 2, outRate: 2,
                rtt: 31,
                lastIn: 1100, flaps: 9),
            row(
                "8T1F", .busy, up: 263_000_000, address: "10.4.1.7:40112", inRate: 11, outRate: 20, inFlight: 1, rtt: 9,
                denied: 12, lastIn: 200, run: "01K9RUN4413"),
            row(
                "K0ZZ", .busy, up: 244_000_000, address: "10.4.1.4:44001", inRate: 122, outRate: 14, inFlight: 2,
                rtt: 12,
                lastIn: 400),
            row(
                "1B7C", .idle, up: 244_100_000, address: "10.4.1.3:39110", inRate: 0.1, outRate: 0.1, rtt: 10,
                lastIn: 8000),
        ]
    }

    static var detail: WorkerDetail {
        let row = workers[0]
        return WorkerDetail(
            row: row, clientID: "spacelift/\(pool1)/\(row.id)", createdAt: 1_762_676_042_000, keepAlive: 30_000,
            cleanStart: false, sessionExpiry: 3_600_000, receiveMaximum: 20, tls: "TLS 1.3",
            fingerprint: "9f21aa0044bb11cc9f21aa0044bb11cc9f21aa0044bb11cc9f21aa0044bb11cc",
            certificateExpiresAt: 1_772_323_200_000,
            received: Traffic(messages: 8912, bytes: 2_100_000, rate60s: 3),
            sent: Traffic(messages: 9001, bytes: 14_200_000, rate1s: 12, rate10s: 11, rate60s: 9),
            will: .init(topic: "spacelift/writeonly/\(pool1)/\(row.id)", qos: 1, bytes: 114),
            subscriptions: [.init(filter: "spacelift/readonly/\(pool1)/\(row.id)", qos: 1)],
            waiting: [
                .init(at: now - 751_000, topic: "spacelift/readonly/\(pool1)/\(row.id)", bytes: 1100, sent: true),
                .init(at: now - 721_000, topic: "spacelift/readonly/\(pool1)/\(row.id)", bytes: 96, sent: true),
                .init(at: now - 691_000, topic: "spacelift/readonly/\(pool1)/\(row.id)", bytes: 96, sent: false),
            ], lastDenial: "publish spacelift/writeonly/\(pool3)/\(row.id)", lastDisconnect: "keep alive timeout",
            reconnects: 2, clockSkew: -100, metadata: ["region": "eu-west-1", "instance": "i-0af1"],
            history: Array(events.prefix(5)))
    }

    static var events: [EventRow] {
        func event(
            _ id: Int, _ back: Int64, _ what: EventRow.What, _ tail: String?, _ reason: String, _ detail: String,
            by: String? = nil
        ) -> EventRow {
            EventRow(
                id: "\(id)", at: now - back, what: what, worker: tail.map { worker($0) },
                pool: tail == nil ? nil : pool1,
                poolName: tail == nil ? nil : "eu-terraform", reason: reason, detail: detail, by: by)
        }
        return [
            event(212, 2000, .denied, "8T1F", "not-own-pool", "subscribe spacelift/readonly/\(pool3)/+"),
            event(211, 9000, .gone, "22KD", "keep alive timeout", "45s silent, will sent"),
            event(210, 19_000, .level, "90QP", "warn to debug", "reverts in 10m", by: "bob"),
            event(209, 19_100, .followed, "90QP", "back", "after 1.3s, same address"),
            event(208, 20_400, .kicked, "90QP", "administrative action", "stuck run 4412", by: "bob"),
            event(207, 51_000, .takeover, "90QP", "session taken over", "10.4.1.9:51002 to 10.4.1.9:51822"),
            event(206, 79_000, .gone, "5VXA", "client closed", "DISCONNECT 0x00"),
            event(205, 80_000, .gone, "5VXA", "connection reset", "after 2s"),
            event(204, 101_000, .connected, "5VXA", "", "10.4.1.4:44120"),
            event(203, 401_000, .broker, nil, "started", "0.1.0"),
        ]
    }

    static var denials: [DenialRow] {
        [
            DenialRow(
                id: "1", count: 12, firstAt: now - 389_000, lastAt: now - 2000, perMinute: 6, principal: "worker",
                client: worker("8T1F"), pool: pool1, poolName: "eu-terraform", address: "10.4.1.7:40112",
                action: "subscribe",
                topic: "spacelift/readonly/\(pool3)/+", rule: "subscribe.own-topic-only", reason: "not-own-pool",
                allowed: "spacelift/readonly/\(pool1)/\(worker("8T1F"))", differingLevel: 2,
                difference: "pool is not the caller's", outcome: "SUBACK 0x87, connection kept",
                samples: [now - 1118, now - 11_120, now - 21_121]),
            DenialRow(
                id: "2", count: 14, firstAt: now - 800_000, lastAt: now - 80_000, perMinute: 1.2, principal: "unknown",
                client: "", address: "10.9.8.1:50000", action: "connect", rule: "connect.password", reason: "bad-token",
                outcome: "CONNACK 0x86", samples: [now - 80_000]),
            DenialRow(
                id: "3", count: 3, firstAt: now - 1_343_000, lastAt: now - 1_341_000, perMinute: 0, principal: "worker",
                client: worker("90QP"), pool: pool1, poolName: "eu-terraform", address: "10.4.1.9:51822",
                action: "publish",
                topic: "spacelift/writeonly/\(pool3)/\(worker("90QP"))", rule: "publish.own-topic-only",
                reason: "not-own-pool", allowed: "spacelift/writeonly/\(pool1)/\(worker("90QP"))", differingLevel: 2,
                difference: "pool is not the caller's", outcome: "PUBACK 0x87", samples: [now - 1_341_000]),
        ]
    }

    static var topics: [TopicRow] {
        func row(_ id: String, _ topics: Int, _ rate: Double, _ share: Double, last: Int64) -> TopicRow {
            TopicRow(
                id: id, topics: topics, rate10s: rate, rate60s: rate * 0.98, rate15m: rate * 0.9, bytes10s: rate * 410,
                share: share, messages: Int64(rate * 10_000), bytes: Int64(rate * 4_100_000), lastAt: now - last,
                subscribers: 1, retained: 0, qos0: 0, qos1: Int64(rate * 10_000), qos2: 0, largest: 20_481)
        }
        return [
            row("spacelift/readonly/\(pool3)/+", 300, 980, 0.42, last: 0),
            row("spacelift/readonly/\(pool1)/+", 38, 404, 0.17, last: 100),
            row("spacelift/writeonly/\(pool1)/+", 38, 210, 0.09, last: 0),
            row("spacelift/writeonly/\(pool3)/+", 300, 98, 0.04, last: 100),
            row("spacelift/writeonly/\(pool2)/+", 12, 4, 0.002, last: 2100),
        ]
    }

    static var log: [LogRow] {
        func row(_ id: Int, _ back: Int64, _ level: LogLevel, _ part: String, _ tail: String?, _ message: String)
            -> LogRow
        {
            LogRow(
                id: "\(id)", at: now - back, level: level, subsystem: part, client: tail.map { worker($0) },
                pool: tail == nil ? nil : pool1, message: message)
        }
        return [
            row(9, 0, .warn, "session", "90QP", "in-flight window full (20), queueing"),
            row(8, 84, .debug, "session", "90QP", "resend id 4411, dup=1"),
            row(
                7, 1118, .warn, "access", "8T1F",
                "deny subscribe spacelift/readonly/\(pool3)/+ rule subscribe.own-topic-only"),
            row(6, 8896, .info, "connection", "22KD", "closed: keep alive timeout 45s"),
            row(5, 20_000, .info, "admin", "90QP", "kick by bob, reason: stuck run 4412"),
            row(4, 400_000, .error, "queue", nil, "commit took 2.1 s"),
        ]
    }
}
