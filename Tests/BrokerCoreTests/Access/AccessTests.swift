import AdminProtocol
import BrokerCore
import MQTT
import TestSupport
import Testing

@Suite struct AccessTests {
    private let access = Access(namespace: "spacelift")
    private let worker = Principal.worker(pool: Cast.pool)
    private let backend = Principal.backend(name: "server")
    private let admin = Principal.admin(name: "ann", role: .viewer)

    private func may(_ principal: Principal, _ action: Action, _ topic: String) -> Bool {
        access.authorize(principal, as: Cast.worker, action, Array(topic.utf8)).isAllowed
    }

    /// [T-31, T-39, T-44] The whole matrix: who, what, where.
    @Test func letsEachDoWhatItIsForAndNothingElse() {
        let topics: [String: [(Principal, Action)]] = [
            Cast.readonly: [(worker, .subscribe), (worker, .receive), (backend, .publish), (backend, .will)],
            Cast.writeonly: [(worker, .publish), (worker, .will), (backend, .subscribe), (backend, .receive)],
            "spacelift/readonly/\(Cast.otherPool)/\(Cast.worker)": [(backend, .publish), (backend, .will)],
            "spacelift/readonly/\(Cast.pool)/\(Cast.otherWorker)": [(backend, .publish), (backend, .will)],
            "spacelift/writeonly/\(Cast.pool)/\(Cast.otherWorker)": [(backend, .subscribe), (backend, .receive)],
            "spacelift/writeonly/#": [(backend, .subscribe), (backend, .receive)],
            "$share/g/spacelift/writeonly/+/+": [(backend, .subscribe)],
            "spacelift/writeonly": [], "spacelift/writeonly/": [], "spacelift/#": [], "#": [], "+/+": [],
            "spacelift/readonly/#": [], "\(Cast.readonly)/": [], "/\(Cast.readonly)": [],
            "spacelift/readonly/\(Cast.pool)/+": [], "$share/g/\(Cast.readonly)": [],
            "$CONTROL/broker/v1": [(admin, .publish)],
            "$CONTROL/broker/v1/response": [(admin, .subscribe), (admin, .receive)],
            "$CONTROL/broker/v1/response/a/#": [(admin, .subscribe), (admin, .receive)],
            "$CONTROL/broker/v1/stream": [(admin, .subscribe), (admin, .receive)],
            "$SYS/broker/uptime": [(admin, .subscribe), (admin, .receive)],
            "$SYS/#": [(admin, .subscribe), (admin, .receive)],
            "$CONTROL/#": [], "$CONTROL": [], "$share/g/$CONTROL/#": [],
        ]
        for (topic, allowed) in topics {
            for principal in [worker, backend, admin] {
                for action in Action.allCases {
                    let expected = allowed.contains { $0.0 == principal && $0.1 == action }
                    #expect(may(principal, action, topic) == expected, "\(principal) \(action) \(topic)")
                }
            }
            for action in Action.allCases {
                let isControl = topic.hasPrefix("$CONTROL") || (action == .subscribe && topic.contains("$CONTROL"))
                let isSaid = topic.hasPrefix("$SYS/") && (action == .publish || action == .will)
                #expect(may(.open, action, topic) == (!isControl && !isSaid), "open \(action) \(topic)")
            }
        }
    }

    @Test func refusesAWorkerWithoutAName() {
        #expect(!access.authorize(worker, as: nil, .publish, Array(Cast.writeonly.utf8)).isAllowed)
    }

    /// [T-30]
    @Test func allowsAWorkerOnlyTheBytesOfItsOwnTopic() {
        var random = SeededRandom(seed: 7)
        for _ in 0..<20_000 {
            var topic = Array(Cast.writeonly.utf8)
            let place = Int.random(in: 0..<topic.count, using: &random)
            let byte = UInt8.random(in: 0...255, using: &random)
            let isSame = topic[place] == byte
            topic[place] = byte
            #expect(access.authorize(worker, as: Cast.worker, .publish, topic).isAllowed == isSame)
        }
    }

    @Test func explainsWhatWouldHaveBeenAllowed() {
        let verdict = access.authorize(
            worker, as: Cast.worker, .subscribe, Array("spacelift/readonly/\(Cast.otherPool)/\(Cast.worker)".utf8))
        guard case .refused(let refusal) = verdict else { return #expect(Bool(false)) }
        #expect(refusal.rule == "subscribe.own-topic-only")
        #expect(refusal.reason == "not-own-pool")
        #expect(refusal.allowed == Array(Cast.readonly.utf8))
        #expect(refusal.differingLevel == 2)
        #expect(refusal.sentence == "level 3: the pool is not the caller's")
    }

    @Test func saysWhichIdsAMessageForTheQueueHas() {
        #expect(
            access.authorize(worker, as: Cast.worker, .publish, Array(Cast.writeonly.utf8))
                == .allowed(.queued(pool: Cast.pool, worker: Cast.worker)))
        let open = Access(namespace: "spacelift", openQueue: true)
        #expect(
            open.authorize(.open, as: nil, .publish, Array(Cast.writeonly.utf8))
                == .allowed(.queued(pool: Cast.pool, worker: Cast.worker)))
        #expect(
            access.authorize(.open, as: nil, .publish, Array(Cast.writeonly.utf8)) == .allowed(.routed))
    }
}
