import AdminProtocol
import BrokerCore
import MQTT
import Testing

/// A broker, a clock that stands still unless told, and clients whose packets come and go as values.
final class Stage {
    private(set) var broker: Broker
    private(set) var now = Moment(nanoseconds: 1_000_000_000_000, wall: 1_763_812_800_000)
    private var streams: [ConnectionID: [UInt8]] = [:]
    private var versions: [ConnectionID: ProtocolVersion] = [:]
    private(set) var closed: Set<ConnectionID> = []
    /// When each of them was.
    private(set) var closings: [ConnectionID: Moment] = [:]
    private(set) var paused: Set<ConnectionID> = []
    private(set) var handOvers: [HandOver] = []
    private(set) var wills: [WillDeed] = []
    private(set) var lines: [LogLine] = []
    /// Connections whose sockets take nothing now.
    var stuck: Set<ConnectionID> = []

    init(_ configuration: BrokerConfiguration = BrokerConfiguration()) {
        broker = Broker(configuration: configuration, at: now)
    }

    func accept(
        _ principal: Principal = .open, from address: String = "10.0.0.1:1", fingerprint: String? = nil,
        source: Source? = nil
    ) -> ConnectionID {
        let peer = Peer(
            listener: principal == .open ? .open : .workers, principal: principal, address: address,
            fingerprint: fingerprint, source: source, acceptedAt: now)
        let id = broker.accepted(peer, at: now)
        settle()
        return id
    }

    func send(_ packet: Packet, from id: ConnectionID) {
        if case .connect(let connect) = packet { versions[id] = connect.version }
        send(packet.encoded(versions[id] ?? .v5), from: id)
    }

    func send(_ bytes: [UInt8], from id: ConnectionID) {
        broker.received(bytes.span.bytes, from: id, at: now)
        settle()
    }

    /// What arrived at the client since it was last asked.
    func take(_ id: ConnectionID) -> [Packet] {
        settle()
        var packets: [Packet] = []
        var bytes = streams[id] ?? []
        do {
            while let header = try FixedHeader.parse(bytes.span.bytes), header.length <= bytes.count {
                let whole = Array(bytes.prefix(header.length))
                packets.append(try Packet.decode(whole.span.bytes, version: versions[id] ?? .v5))
                bytes.removeFirst(header.length)
            }
        } catch {
            Issue.record("the broker wrote what is not a packet: \(error) \(bytes.prefix(16))")
        }
        streams[id] = bytes
        return packets
    }

    /// The same as bytes, for tests of what packets look like.
    func takeBytes(_ id: ConnectionID) -> [UInt8] {
        settle()
        return streams.removeValue(forKey: id) ?? []
    }

    func publishes(_ id: ConnectionID) -> [Publish] {
        take(id).compactMap { if case .publish(let publish) = $0 { publish } else { nil } }
    }

    /// Time goes by, in the steps of the server.
    func pass(_ seconds: Double) {
        var rest = Int64(seconds * 1_000)
        while rest > 0 {
            let step = min(rest, 100)
            rest -= step
            now = now.advanced(byMilliseconds: step)
            broker.elapsed(at: now)
            settle()
        }
    }

    /// The wall clock is set; the other one goes on.
    func jump(_ milliseconds: Int64) {
        now = Moment(nanoseconds: now.nanoseconds, wall: now.wall + milliseconds)
    }

    func end(_ id: ConnectionID, _ how: ConnectionEnd = .peerClosed) {
        broker.ended(id, how, at: now)
        settle()
    }

    func commit(_ tickets: ClosedRange<Ticket>) {
        broker.committed(tickets, at: now)
        settle()
    }

    func queueChanged(_ trouble: String?) {
        broker.queueChanged(QueueStatus(trouble: trouble), at: now)
        settle()
    }

    func withBroker<Answer>(_ use: (inout Broker, Moment) -> Answer) -> Answer {
        defer { settle() }
        return use(&broker, now)
    }

    /// Does what the effects say, as the server does.
    func settle() {
        while !broker.effects.isEmpty {
            let effects = broker.effects
            broker.effects.removeAll()
            for id in effects.writes where !stuck.contains(id) {
                broker.takeOutput(of: id) { bytes in streams[id, default: []] += bytes.copy(0..<bytes.byteCount) }
            }
            for reading in effects.readings {
                switch reading {
                case .pause(let id): paused.insert(id)
                case .resume(let id): paused.remove(id)
                }
            }
            handOvers += effects.handOvers
            wills += effects.wills
            lines += effects.lines
            for id in effects.closes {
                closed.insert(id)
                closings[id] = now
                broker.ended(id, .asked, at: now)
            }
        }
    }

    /// A socket takes output again.
    func unstick(_ id: ConnectionID) {
        stuck.remove(id)
        broker.takeOutput(of: id) { bytes in streams[id, default: []] += bytes.copy(0..<bytes.byteCount) }
        settle()
    }
}

extension Stage {
    /// Connects, and swallows the CONNACK.
    func client(
        _ name: String, _ principal: Principal = .open, version: ProtocolVersion = .v5, cleanStart: Bool = true,
        keepAlive: UInt16 = 0, properties: Properties = [], will: Will? = nil, from address: String = "10.0.0.1:1",
        fingerprint: String? = nil
    ) -> ConnectionID {
        let id = accept(principal, from: address, fingerprint: fingerprint)
        send(
            .connect(
                Connect(
                    version: version, clientID: clientID(name), cleanStart: cleanStart, keepAlive: keepAlive,
                    properties: properties, will: will)),
            from: id)
        let answers = take(id)
        guard case .connAck(let answer) = answers.first, answer.reason == .success else {
            Issue.record("\(name) was not let in: \(answers)")
            return id
        }
        // What came with the CONNACK is still to be looked at.
        if answers.count > 1 {
            streams[id] = answers.dropFirst().flatMap { $0.encoded(version) }
        }
        return id
    }

    func subscribe(
        _ id: ConnectionID, _ filter: String, qos: QoS = .atMostOnce, noLocal: Bool = false,
        retainAsPublished: Bool = false, handling: Subscription.RetainHandling = .send, properties: Properties = []
    ) -> [ReasonCode] {
        let subscription = Subscription(
            filter: topicFilter(filter), maximumQoS: qos, noLocal: noLocal, retainAsPublished: retainAsPublished,
            retainHandling: handling)
        send(
            .subscribe(Subscribe(packetID: 1, subscriptions: [subscription], properties: properties)), from: id)
        let answers = take(id)
        guard case .subAck(let answer) = answers.first else {
            Issue.record("no SUBACK: \(answers)")
            return []
        }
        if answers.count > 1 {
            streams[id] = answers.dropFirst().flatMap { $0.encoded(versions[id] ?? .v5) }
        }
        return answer.reasons
    }

    func publish(
        _ id: ConnectionID, _ topic: String, _ payload: String, qos: QoS = .atMostOnce, retain: Bool = false,
        duplicate: Bool = false, packetID: UInt16 = 1, properties: Properties = []
    ) {
        send(
            .publish(
                Publish(
                    topic: TopicName(topic), payload: Array(payload.utf8), qos: qos, retain: retain,
                    duplicate: duplicate, packetID: qos == .atMostOnce ? 0 : packetID, properties: properties)),
            from: id)
    }
}

func clientID(_ text: String) -> ClientID {
    guard let id = ClientID(text) else { preconditionFailure("\(text) is not a client id") }
    return id
}

func topicFilter(_ text: String) -> TopicFilter {
    guard let filter = TopicFilter(text) else { preconditionFailure("\(text) is not a filter") }
    return filter
}

func topicName(_ text: String) -> TopicName {
    guard let name = TopicName(text) else { preconditionFailure("\(text) is not a topic") }
    return name
}

extension Publish {
    var text: String { String(decoding: payload, as: UTF8.self) }
}

/// The pool and the workers of most tests.
enum Cast {
    static let pool = ULID(high: 0x019A_0000_0000_1111, low: 0x2222_3333_4444_5555)
    static let otherPool = ULID(high: 0x019A_0000_0000_AAAA, low: 0x2222_3333_4444_5555)
    static let worker = ULID(high: 0x019A_1111_0000_1111, low: 0x2222_3333_4444_5555)
    static let otherWorker = ULID(high: 0x019A_2222_0000_1111, low: 0x2222_3333_4444_5555)
    static let readonly = "spacelift/readonly/\(pool)/\(worker)"
    static let writeonly = "spacelift/writeonly/\(pool)/\(worker)"
}
