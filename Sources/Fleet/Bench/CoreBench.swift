import BrokerCore
import Glibc
import MQTT

/// The broker's core under load, without sockets: what a message costs before the kernel is asked anything.
///
/// It runs on the caller's thread from begin to end, so that `valgrind --tool=callgrind` counts its instructions.
package struct CoreBench: ~Copyable {
    package enum Shape: String, CaseIterable, Sendable {
        /// Many publishers, one subscriber to all of them.
        case fanIn = "fan-in"
        /// One publisher, one topic, many subscribers.
        case fanOut = "fan-out"
        /// One publisher, a topic for every subscriber.
        case ownTopics = "own-topics"
    }

    package struct Outcome: Equatable, Sendable {
        package var shape: Shape
        package var qos: UInt8
        package var published: Int
        package var delivered: Int
        package var acknowledged: Int
        /// Spent inside the core.
        package var nanoseconds: Int64

        package var nanosecondsPerDelivery: Double {
            delivered == 0 ? 0 : Double(nanoseconds) / Double(delivered)
        }
    }

    /// Messages of one publisher in one portion: below every receive maximum.
    private static let batch = 50

    private let shape: Shape
    private let qos: QoS
    private var broker: Broker
    private var publishers: [ConnectionID] = []
    /// What each publisher sends in one portion.
    private var portions: [[UInt8]] = []
    private var isSubscriber: [ConnectionID: Bool] = [:]
    private var now = Moment(nanoseconds: 1_000_000_000, wall: 1_763_800_000_000)
    private var delivered = 0
    private var acknowledged = 0
    private var nanoseconds: Int64 = 0
    /// What came out of the core and waits to be read.
    private var output: [UInt8] = []
    private var answer: [UInt8] = []

    package init(_ shape: Shape, qos: UInt8, clients: Int, size: Int) {
        self.shape = shape
        self.qos = QoS(rawValue: qos) ?? .atMostOnce
        broker = Broker(configuration: BrokerConfiguration(), at: now)
        let many = max(1, clients)
        switch shape {
        case .fanIn:
            subscribe("subscriber", to: "bench/from/#")
            for number in 0..<many { publish("publisher-\(number)", to: ["bench/from/\(number)"], size) }
        case .fanOut:
            for number in 0..<many { subscribe("subscriber-\(number)", to: "bench/all") }
            publish("publisher", to: ["bench/all"], size)
        case .ownTopics:
            for number in 0..<many { subscribe("subscriber-\(number)", to: "bench/to/\(number)") }
            publish("publisher", to: (0..<many).map { "bench/to/\($0)" }, size)
        }
    }

    /// Publishes until at least `messages` have been delivered.
    package mutating func run(messages: Int) -> Outcome {
        settle()
        delivered = 0
        acknowledged = 0
        nanoseconds = 0
        var published = 0
        while delivered < messages {
            let before = delivered
            for place in publishers.indices {
                feed(portions[place], from: publishers[place])
                published += CoreBench.batch
            }
            settle()
            // A core that delivers nothing any more would keep us here for ever.
            guard delivered > before else { break }
            now = now.advanced(byMilliseconds: 1)
        }
        return Outcome(
            shape: shape, qos: qos.rawValue, published: published, delivered: delivered, acknowledged: acknowledged,
            nanoseconds: nanoseconds)
    }

    // MARK: Clients

    private mutating func connect(_ name: String) -> ConnectionID {
        let peer = Peer(listener: .open, principal: .open, address: "127.0.0.1:1", acceptedAt: now)
        let id = broker.accepted(peer, at: now)
        guard let clientID = ClientID(name) else { return id }
        feed(Packet.connect(Connect(version: .v311, clientID: clientID, cleanStart: true)).encoded(.v311), from: id)
        return id
    }

    private mutating func subscribe(_ name: String, to filter: String) {
        let id = connect(name)
        isSubscriber[id] = true
        guard let filter = TopicFilter(filter) else { return }
        let subscription = Subscription(filter: filter, maximumQoS: qos)
        feed(Packet.subscribe(Subscribe(packetID: 1, subscriptions: [subscription])).encoded(.v311), from: id)
    }

    private mutating func publish(_ name: String, to topics: [String], _ size: Int) {
        publishers.append(connect(name))
        var portion: [UInt8] = []
        for number in 0..<CoreBench.batch {
            guard let topic = TopicName(topics[number % topics.count]) else { continue }
            Packet.publish(
                Publish(
                    topic: topic, payload: Array(repeating: 0x78, count: size), qos: qos,
                    packetID: qos == .atMostOnce ? 0 : UInt16(number + 1))
            ).encode(into: &portion, version: .v311)
        }
        portions.append(portion)
    }

    // MARK: The wire

    private mutating func feed(_ bytes: [UInt8], from id: ConnectionID) {
        let start = CoreBench.clock()
        broker.received(bytes.span.bytes, from: id, at: now)
        nanoseconds += CoreBench.clock() - start
    }

    /// Takes what the core has to say, and acknowledges it, until it has nothing more to say.
    private mutating func settle() {
        while !broker.effects.writes.isEmpty {
            let writes = broker.effects.writes
            broker.effects.removeAll()
            for id in writes { take(id) }
        }
    }

    private mutating func take(_ id: ConnectionID) {
        output.removeAll(keepingCapacity: true)
        let start = CoreBench.clock()
        broker.takeOutput(of: id) { bytes in
            bytes.withUnsafeBytes { output.append(contentsOf: $0) }
        }
        nanoseconds += CoreBench.clock() - start
        answer.removeAll(keepingCapacity: true)
        let seen = CoreBench.read(output, answer: &answer)
        delivered += seen.delivered
        acknowledged += seen.acknowledged
        if !answer.isEmpty { feed(answer, from: id) }
    }

    /// Counts what came and writes the acknowledgements a subscriber owes.
    private static func read(_ output: [UInt8], answer: inout [UInt8]) -> (delivered: Int, acknowledged: Int) {
        let bytes = output.span.bytes
        var (delivered, acknowledged) = (0, 0)
        var place = 0
        while let header = try? FixedHeader.parse(bytes, at: place) {
            guard place + header.length <= output.count else { break }
            switch header.type {
            case .publish:
                delivered += 1
                if header.flags & 0b110 != 0 {
                    let body = place + header.headerLength
                    let topicLength = Int(output[body]) << 8 | Int(output[body + 1])
                    answer.append(contentsOf: [0x40, 2, output[body + 2 + topicLength], output[body + 3 + topicLength]])
                }
            case .pubAck: acknowledged += 1
            default: break
            }
            place += header.length
        }
        return (delivered, acknowledged)
    }

    private static func clock() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
