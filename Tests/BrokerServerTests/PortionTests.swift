import BrokerCore
import MQTT
@testable import MQTTTransport
import NIOCore
import NIOEmbedded
import TestSupport
import Testing

/// The transport's handler in front of a real core, without a socket: bytes come in any portions.
@Suite struct PortionTests {
    @Test(arguments: [ProtocolVersion.v311, .v5])
    func aStoryInSingleBytesIsTheSameStory(version: ProtocolVersion) throws {
        let whole = try answers(to: story(version), portions: [.max])
        #expect(!whole.isEmpty)
        #expect(try answers(to: story(version), portions: [1]) == whole)
        for seed in UInt64(1)...20 {
            var random = SeededRandom(seed: seed)
            let portions = (0..<64).map { _ in Int.random(in: 1...9, using: &random) }
            #expect(try answers(to: story(version), portions: portions) == whole, "seed \(seed)")
        }
    }

    private func story(_ version: ProtocolVersion) throws -> [UInt8] {
        let topic = try TopicName(validating: Array("a/b".utf8))
        let filter = try TopicFilter(validating: Array("a/#".utf8))
        let packets: [Packet] = [
            .connect(Connect(version: version, clientID: try ClientID(validating: Array("c".utf8)))),
            .subscribe(Subscribe(packetID: 1, subscriptions: [Subscription(filter: filter, maximumQoS: .exactlyOnce)])),
            .publish(Publish(topic: topic, payload: Array("zero".utf8))),
            .publish(Publish(topic: topic, payload: Array("one".utf8), qos: .atLeastOnce, packetID: 2)),
            .publish(Publish(topic: topic, payload: Array("two".utf8), qos: .exactlyOnce, packetID: 3)),
            .pubRel(Acknowledgement(packetID: 3)), .pingRequest,
            .unsubscribe(Unsubscribe(packetID: 4, filters: [filter])),
        ]
        return packets.flatMap { $0.encoded(version) }
    }

    private func answers(to bytes: [UInt8], portions: [Int]) throws -> [UInt8] {
        let channel = EmbeddedChannel()
        let owner = SingleOwner()
        try channel.pipeline.syncOperations.addHandler(
            PipelineConnection(listener: 3, owner: owner, deadline: .seconds(5)))
        channel.pipeline.fireChannelActive()
        var rest = bytes[...]
        var place = 0
        while !rest.isEmpty {
            let portion = rest.prefix(portions[place % portions.count])
            try channel.writeInbound(ByteBuffer(bytes: portion))
            rest = rest.dropFirst(portion.count)
            place += 1
        }
        var out: [UInt8] = []
        while let written = try channel.readOutbound(as: ByteBuffer.self) { out += Array(written.readableBytesView) }
        _ = try channel.finish(acceptAlreadyClosed: true)
        return out
    }
}

/// A core with one connection and a clock that stands still.
private final class SingleOwner: ConnectionOwner {
    private var broker: Broker
    private var id: ConnectionID?
    private var connection: ServerConnection?
    private let now = Moment(nanoseconds: 1_000_000_000, wall: 1_000)

    init() {
        broker = Broker(configuration: BrokerConfiguration(open: "127.0.0.1:1883"), at: now)
    }

    func opened(_ connection: ServerConnection, by peer: PeerFacts) {
        id = broker.accepted(
            Peer(listener: .open, principal: .open, address: peer.address, acceptedAt: now), at: now)
        self.connection = connection
    }

    func received(_ bytes: RawSpan, from connection: ServerConnection) {
        if let id { broker.received(bytes, from: id, at: now) }
    }

    func caughtUp() {
        guard let id, broker.effects.writes.contains(id) else { return }
        broker.effects.removeAll()
        broker.takeOutput(of: id) { connection?.send($0) }
    }

    func becameWritable(_ connection: ServerConnection) {}

    func ended(_ connection: ServerConnection, _ end: SocketEnd) {
        self.connection = nil
    }

    func failed(_ connection: ServerConnection, _ reason: String) {}
}
