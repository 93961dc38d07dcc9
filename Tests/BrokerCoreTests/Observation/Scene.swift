import AdminProtocol
import Testing

@testable import BrokerCore

/// A broker's memory in an invented world: clients come and go, time passes when it is told to.
final class Scene {
    let observatory: Observatory
    let desk = AdminDesk()
    var effects = Effects()
    var now = Moment(nanoseconds: 5_000_000_000, wall: 1_800_000_000_000)
    private var slot: UInt32 = 0

    static let eu = ULID(high: 0x0191_0000_0000_0001, low: 1)
    static let us = ULID(high: 0x0191_0000_0000_0002, low: 2)

    init(level: LogLevel = .error) {
        observatory = Observatory(configuration: BrokerConfiguration(logLevel: level), at: now)
        observatory.poolsChanged([Scene.eu: "eu-terraform", Scene.us: "us-tofu"], at: now)
    }

    func pass(seconds: Int) {
        for _ in 0..<seconds { pass(milliseconds: 1_000) }
    }

    func pass(milliseconds: Int64) {
        now = now.advanced(byMilliseconds: milliseconds)
        observatory.elapsed(at: now, into: &effects)
    }

    static func worker(_ number: UInt64) -> ULID { ULID(high: 0x0192_0000_0000_0000, low: number) }

    @discardableResult
    func connect(
        _ number: UInt64, of pool: ULID = Scene.eu, from address: String = "10.0.0.1:5000", will: Bool = false,
        sessionExpiry: Milliseconds = 0, session: FakeSession? = nil
    ) -> ClientRecord {
        let id = Scene.worker(number).bytes
        return connect(
            .worker(pool: pool), id, from: address, will: will, sessionExpiry: sessionExpiry, session: session)
    }

    @discardableResult
    func connect(
        _ principal: Principal, _ clientID: [UInt8], from address: String = "10.0.0.1:5000", will: Bool = false,
        sessionExpiry: Milliseconds = 0, session: FakeSession? = nil
    ) -> ClientRecord {
        let client = observatory.client(of: principal, clientID: clientID)
        slot += 1
        let peer = Peer(listener: .workers, principal: principal, address: address, acceptedAt: now)
        client.connection = ConnectionFacts(
            id: ConnectionID(slot: slot, generation: 1), peer: peer, connectedAt: now, keepAlive: 30_000,
            sessionExpiry: sessionExpiry,
            will: will ? ConnectionFacts.Will(topic: Array("will".utf8), qos: 1, bytes: 3) : nil)
        client.session = session
        observatory.note(.connected(client, resumed: false), at: now)
        return client
    }

    func disconnect(_ client: ClientRecord, _ reason: GoneReason = .clientClosed) {
        observatory.note(.gone(client, reason: reason, detail: "", willSent: false), at: now)
    }

    func receive(_ text: String, from client: ClientRecord) {
        client.receivedMessages += 1
        client.receivedBytes += Int64(text.utf8.count)
        client.lastInNanoseconds = now.nanoseconds
        observatory.inspect(payload: Array(text.utf8).span.bytes, of: client, at: now)
    }

    func deny(
        _ client: ClientRecord? = nil, principal: Principal? = nil, topic: String? = "a/b",
        address: String = "10.0.0.9:1"
    ) {
        observatory.note(
            .denied(
                Denial(
                    principal: client?.principal ?? principal, client: client, clientID: client?.clientID ?? [],
                    address: address, action: topic == nil ? .connect : .subscribe, topic: topic.map { Array($0.utf8) },
                    rule: "subscribe.own-topic-only", reason: "not-own-pool", allowed: Array("a/c".utf8),
                    differingLevel: 1, difference: "pool is not the caller's", outcome: "SUBACK 0x87, connection kept")),
            at: now)
    }
}

final class FakeSession: SessionFacts {
    var queuedCount = 0
    var inFlightCount = 0
    var oldestWaiting: Moment?
    var subscriptionFacts: [(filter: [UInt8], qos: UInt8)] = []
    var waiting: [WaitingFact] = []
    func waitingFacts(limit: Int) -> [WaitingFact] { Array(waiting.prefix(limit)) }
}
