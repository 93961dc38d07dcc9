import AdminProtocol
import BrokerCore
import MQTT

extension FuzzTarget {
    /// The JSON an operator sends, through the parser, the request and the whole desk.
    static let admin = FuzzTarget(name: "admin") { input in
        checkJSON(input)
        if let request = try? Request(bytes: input) {
            law((try? Request(bytes: request.bytes)) == request, "a request changes when written again")
        }
        guard var desk = AdminStage() else { return law(false, "the operator is not let in") }
        let atOnce = desk.ask(input)
        let answers = atOnce.count { $0.topic == Array(AdminTopic.response.utf8) }
        law(answers == 1, "\(answers) answers to one request")
        for (topic, payload) in atOnce + desk.wait() {
            let isAnswer = topic == Array(AdminTopic.response.utf8)
            let isRead = isAnswer ? (try? Answer(bytes: payload)) != nil : (try? StreamMessage(bytes: payload)) != nil
            law(isRead, "this cannot be read: \(String(decoding: payload, as: UTF8.self))")
        }
    }

    private static func checkJSON(_ input: [UInt8]) {
        guard let json = try? JSON(parsing: input, within: .request) else { return }
        law(String(validating: input, as: UTF8.self) != nil, "JSON that is no UTF-8")
        let written = json.bytes
        law((try? JSON(parsing: written)) == json, "JSON changes when written again")
    }
}

/// A broker with a pool, two workers and an operator who asks.
private struct AdminStage: ~Copyable {
    private var broker: Broker
    private var now = Moment(nanoseconds: 1_000_000_000_000, wall: 1_763_812_800_000)
    private let operatorID: ConnectionID

    typealias Heard = (topic: [UInt8], payload: [UInt8])

    init?() {
        broker = Broker(configuration: BrokerConfiguration(), at: now)
        operatorID = broker.accepted(
            Peer(
                listener: .adminSocket, principal: .admin(name: "ada", role: .security), address: "unix",
                acceptedAt: now), at: now)
        let pool = ULID(high: 1, low: 2)
        broker.poolsChanged([pool: "blue"], at: now)
        for number in 1...2 as ClosedRange<UInt64> {
            let worker = ULID(high: 3, low: number)
            let id = broker.accepted(
                Peer(listener: .workers, principal: .worker(pool: pool), address: "10.0.0.1:1", acceptedAt: now),
                at: now)
            guard let name = try? ClientID(validating: worker.bytes) else { return nil }
            receive(.connect(Connect(clientID: name)), from: id)
        }
        guard let name = ClientID("console"), let response = TopicFilter(AdminTopic.response),
            let stream = TopicFilter(AdminTopic.stream)
        else { return nil }
        receive(.connect(Connect(clientID: name)), from: operatorID)
        let filters = [response, stream].map { Subscription(filter: $0) }
        receive(.subscribe(Subscribe(packetID: 1, subscriptions: filters)), from: operatorID)
        broker.elapsed(at: now)
        _ = taken()
    }

    mutating func ask(_ request: [UInt8]) -> [Heard] {
        receive(
            .publish(
                Publish(topic: TopicName(AdminTopic.request), payload: request, qos: .atLeastOnce, packetID: 2)),
            from: operatorID)
        return taken()
    }

    /// What is pushed within five seconds.
    mutating func wait() -> [Heard] {
        var pushes: [Heard] = []
        for _ in 0..<5 {
            now = now.advanced(byMilliseconds: 1_000)
            broker.elapsed(at: now)
            pushes += taken()
        }
        return pushes
    }

    private mutating func receive(_ packet: Packet, from id: ConnectionID) {
        broker.received(packet.encoded(.v5).span.bytes, from: id, at: now)
    }

    /// What waits for the operator.
    private mutating func taken() -> [Heard] {
        broker.effects.removeAll()
        var bytes: [UInt8] = []
        broker.takeOutput(of: operatorID) { bytes = $0.copy(0..<$0.byteCount) }
        var heard: [Heard] = []
        var rest = bytes[...]
        while let header = try? FixedHeader.parse(Array(rest).span.bytes), header.length <= rest.count {
            let whole = Array(rest.prefix(header.length))
            if case .publish(let publish)? = try? Packet.decode(whole.span.bytes, version: .v5) {
                heard.append((publish.topic?.bytes ?? [], publish.payload))
            }
            rest = rest.dropFirst(header.length)
        }
        law(rest.isEmpty, "half a packet for the operator")
        return heard
    }
}
