import AdminProtocol
import MQTT
import Testing

@testable import BrokerCore

/// `$SYS/broker/…` as the clients of other brokers expect it.
@Suite struct SystemTopicsTests {
    let stage = Stage()

    private func monitor() -> ConnectionID { stage.client("monitor") }

    private func values(_ id: ConnectionID) -> [String: Publish] {
        Dictionary(
            stage.publishes(id).map { (String(decoding: $0.topic?.bytes ?? [], as: UTF8.self), $0) },
            uniquingKeysWith: { $1 })
    }

    /// What Mosquitto 2.0 publishes there, in its order.
    private static let mosquittos = [
        "version", "uptime", "clients/total", "clients/inactive", "clients/disconnected", "clients/active",
        "clients/connected", "clients/expired", "clients/maximum", "messages/stored", "messages/received",
        "messages/sent", "store/messages/count", "store/messages/bytes", "subscriptions/count",
        "shared_subscriptions/count", "retained messages/count", "heap/current", "heap/maximum",
        "publish/messages/dropped", "publish/messages/received", "publish/messages/sent", "publish/bytes/received",
        "publish/bytes/sent", "bytes/received", "bytes/sent",
    ]
    private static let loads = [
        "messages/received", "messages/sent", "publish/dropped", "publish/received", "publish/sent", "bytes/received",
        "bytes/sent", "sockets", "connections",
    ]

    @Test func hasEveryNameThatMonitorsOfMosquittoRead() {
        let id = monitor()
        #expect(stage.subscribe(id, "$SYS/#") == [.success])
        let names = Set(values(id).keys)
        for name in Self.mosquittos { #expect(names.contains("$SYS/broker/\(name)"), "\(name)") }
        for load in Self.loads {
            for span in ["1min", "5min", "15min"] { #expect(names.contains("$SYS/broker/load/\(load)/\(span)")) }
        }
    }

    /// An exporter makes metric names of the topics and numbers of the payloads, and knows nothing else.
    @Test func namesAndValuesAreFitForExporters() {
        let id = monitor()
        _ = stage.subscribe(id, "$SYS/#")
        for (name, publish) in values(id) where name != "$SYS/broker/version" {
            #expect(name.utf8.dropFirst(5).allSatisfy { "abcdefghijklmnopqrstuvwxyz0123456789_/ ".utf8.contains($0) })
            let number = publish.text.prefix { $0 != " " }
            #expect(Double(number) != nil, "\(name) \(publish.text)")
        }
    }

    @Test func showsWhatIsKeptAtOnceAndWhatChangesEveryTenSeconds() {
        let id = monitor()
        _ = stage.subscribe(id, "$SYS/broker/uptime")
        #expect(values(id).values.map { "\($0.text), \($0.retain)" } == ["0 seconds, true"])
        stage.pass(9.9)
        #expect(stage.publishes(id) == [])
        stage.pass(0.2)
        #expect(values(id).values.map { "\($0.text), \($0.retain)" } == ["10 seconds, false"])
        _ = stage.subscribe(id, "$SYS/broker/pools/none")
        stage.pass(10)
        #expect(values(id).values.map(\.text) == ["20 seconds"])
    }

    @Test func saysOnlyWhatChanged() {
        let id = monitor()
        _ = stage.subscribe(id, "$SYS/broker/clients/+")
        _ = stage.publishes(id)
        stage.pass(10)
        #expect(values(id).count == 7)
        stage.pass(10)
        #expect(values(id).isEmpty)
        let other = stage.client("other")
        stage.pass(10)
        #expect(
            Set(values(id).keys)
                == ["total", "maximum", "connected", "active"].reduce(into: Set()) {
                    $0.insert("$SYS/broker/clients/\($1)")
                })
        stage.end(other)
        stage.pass(10)
        #expect(values(id)["$SYS/broker/clients/connected"]?.text == "1")
        #expect(values(id)["$SYS/broker/clients/maximum"] == nil)
    }

    /// [MQTT-4.7.2-1]
    @Test func isNeverMatchedByAWildcardInFront() {
        let id = monitor()
        for filter in ["#", "+/#", "+/broker/uptime"] { _ = stage.subscribe(id, filter) }
        stage.pass(20)
        #expect(stage.publishes(id) == [])
    }

    @Test func makesNothingWhileNobodyWatches() {
        let id = monitor()
        stage.pass(10)
        stage.withBroker { broker, _ in #expect(broker.shownStatistics.isEmpty) }
        _ = stage.subscribe(id, "$SYS/broker/#")
        stage.pass(10)
        stage.withBroker { broker, _ in #expect(!broker.shownStatistics.isEmpty) }
        stage.send(.unsubscribe(Unsubscribe(packetID: 2, filters: [topicFilter("$SYS/broker/#")])), from: id)
        stage.pass(10)
        stage.withBroker { broker, _ in #expect(broker.shownStatistics.isEmpty) }
    }

    @Test func counts() {
        let worker = stage.client("a", properties: [.sessionExpiryInterval(5)])
        _ = stage.subscribe(worker, "x/#", qos: .atLeastOnce)
        _ = stage.subscribe(worker, "$share/group/y")
        stage.publish(worker, "x/kept", "12345", retain: true)
        stage.publish(worker, "x/lost", "123")
        _ = stage.take(worker)
        stage.end(worker)
        let other = stage.client("b")
        stage.publish(other, "x/waits", "1234567890", qos: .atLeastOnce)
        stage.pass(1)
        let id = monitor()
        _ = stage.subscribe(id, "$SYS/#")
        let seen = values(id).mapValues(\.text)
        func value(_ name: String) -> String? { seen["$SYS/broker/\(name)"] }
        #expect(value("clients/connected") == "2")
        #expect(value("clients/disconnected") == "1")
        #expect(value("clients/total") == "3")
        #expect(value("subscriptions/count") == "3")
        #expect(value("shared_subscriptions/count") == "1")
        #expect(value("retained messages/count") == "1")
        #expect(value("messages/stored") == "2")
        #expect(value("publish/messages/received") == "3")
        #expect(value("publish/bytes/received") == "18")
        #expect(value("publish/messages/sent") == "2")
        // Three CONNECT and three SUBSCRIBE besides the messages.
        #expect(value("messages/received") == "9")
        stage.pass(10)
        #expect(values(id)["$SYS/broker/clients/expired"]?.text == "1")
    }

    @Test func aViewerSeesItAndIsNotCounted() {
        let viewer = stage.client("console", .admin(name: "vera", role: .viewer))
        #expect(stage.subscribe(viewer, "$SYS/#") == [.success])
        #expect(values(viewer)["$SYS/broker/clients/connected"]?.text == "0")
        #expect(values(viewer)["$SYS/broker/uptime"]?.retain == nil)
        stage.pass(10)
        #expect(values(viewer)["$SYS/broker/uptime"]?.retain == false)
        #expect(stage.subscribe(viewer, "$SYS/broker/operators/connected", handling: .sendIfNew) == [.success])
        #expect(values(viewer).values.map { "\($0.text), \($0.retain)" } == ["1, true"])
        #expect(stage.subscribe(viewer, "$SYS/broker/operators/connected", handling: .sendIfNew) == [.success])
        #expect(values(viewer).isEmpty)
    }

    @Test(arguments: ["$SYS/#", "$SYS/broker/uptime", "#", "+/#", "$share/g/$SYS/#"])
    func aWorkerMayNotLook(_ filter: String) {
        let worker = stage.client("\(Cast.worker)", .worker(pool: Cast.pool))
        #expect(stage.subscribe(worker, filter) == [.notAuthorized])
        let backend = stage.client("platform", .backend(name: "platform"))
        #expect(stage.subscribe(backend, filter) == [.notAuthorized])
    }

    @Test func nobodyElseSaysSomethingThere() {
        let id = monitor()
        _ = stage.subscribe(id, "$SYS/broker/uptime")
        _ = stage.take(id)
        let liar = stage.client("liar")
        stage.publish(liar, "$SYS/broker/uptime", "99", qos: .atLeastOnce, retain: true)
        guard case .pubAck(let answer)? = stage.take(liar).first else { return #expect(Bool(false)) }
        #expect(answer.reason == .notAuthorized)
        #expect(stage.take(id) == [])
    }

    /// Suites on the open listener try it, and say something else on the same connection after.
    @Test(arguments: bothVersions)
    func nobodyIsSentAwayForTryingAtQoS0(_ version: ProtocolVersion) {
        let id = monitor()
        _ = stage.subscribe(id, "$SYS/broker/uptime")
        _ = stage.take(id)
        let liar = stage.client("liar", version: version)
        for _ in 0..<100 { stage.publish(liar, "$SYS/broker/uptime", "99") }
        #expect(stage.take(liar) == [] && !stage.closed.contains(liar))
        #expect(stage.take(id) == [])
        let backend = stage.client("platform", .backend(name: "platform"), version: version)
        stage.publish(backend, "$SYS/broker/uptime", "99")
        #expect(stage.closed.contains(backend))
    }
}
