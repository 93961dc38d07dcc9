import BrokerCore
import MQTT

/// One socket: what was sent into it, and what came out of it has to follow from that.
final class Link {
    enum Outstanding {
        case once
        case twice
        case released
    }

    let id: ConnectionID
    let principal: Principal
    /// Nil for a socket of this machine.
    let source: Source?
    /// The client id it claims.
    private(set) var claimed: [UInt8]?
    /// Whether it was told that it failed too often.
    private(set) var isPenalised = false
    private(set) var version = ProtocolVersion.v5
    var isStuck = false
    var isEnded = false
    var isClosed = false
    var isFragmenting = false
    private(set) var hasSaidConnect = false
    /// Messages of QoS 1 and 2 that came and are not over.
    private(set) var outstanding: [UInt16: Outstanding] = [:]

    private static let tooOften = Array("it failed too often".utf8)

    private var unread: [UInt8] = []
    private var isNonsense = false
    private var hasConnAck = false
    private var hasGoodbye = false
    private var receiveMaximum = 65_535
    private var packetBound = Int.max
    private var aliasMaximum: UInt16 = 0
    private var aliases: [UInt16: [UInt8]] = [:]
    private var name: String
    /// How many answers are due, by first byte and identifier.
    private var due: [UInt32: Int] = [:]

    init(id: ConnectionID, principal: Principal, source: Source?) {
        self.id = id
        self.principal = principal
        self.source = source
        name = "\(id)"
    }

    // MARK: What the client sent

    func note(sent bytes: [UInt8], filters: inout [String: [[UInt8]]]) {
        guard !isNonsense else { return }
        unread += bytes
        while !isNonsense {
            let header: FixedHeader?
            do { header = try FixedHeader.parse(unread.span.bytes) } catch {
                isNonsense = true
                return
            }
            guard let header, header.length <= unread.count else { return }
            let whole = Array(unread.prefix(header.length))
            unread.removeFirst(header.length)
            guard let packet = try? Packet.decode(whole.span.bytes, version: version) else {
                isNonsense = true
                return
            }
            note(packet, filters: &filters)
        }
    }

    private func note(_ packet: Packet, filters: inout [String: [[UInt8]]]) {
        switch packet {
        case .connect(let connect):
            guard !hasSaidConnect else { return }
            hasSaidConnect = true
            version = connect.version
            claimed = connect.clientID.bytes
            receiveMaximum = Int(connect.properties.receiveMaximum ?? 65_535)
            aliasMaximum = connect.properties.topicAliasMaximum ?? 0
            packetBound = connect.properties.maximumPacketSize.map { Int($0) } ?? .max
            name = connect.clientID.isEmpty ? name : "\(principal) \(connect.clientID.bytes)"
        case .subscribe(let subscribe):
            filters[name, default: []] += subscribe.subscriptions.map(\.filter.bytes)
            expect(0x90, subscribe.packetID)
        case .unsubscribe(let unsubscribe): expect(0xB0, unsubscribe.packetID)
        case .publish(let publish):
            if publish.qos == .atLeastOnce { expect(0x40, publish.packetID) }
            if publish.qos == .exactlyOnce { expect(0x50, publish.packetID) }
        case .pubRel(let release): expect(0x70, release.packetID)
        case .pubAck(let answer):
            if case .once? = outstanding[answer.packetID] { outstanding[answer.packetID] = nil }
        case .pubRec(let answer):
            expect(0x62, answer.packetID)
            guard case .twice? = outstanding[answer.packetID] else { return }
            outstanding[answer.packetID] = answer.reason.isError ? nil : .released
        case .pubComp(let answer):
            if case .released? = outstanding[answer.packetID] { outstanding[answer.packetID] = nil }
        case .pingRequest: expect(0xD0, 0)
        case .connAck, .subAck, .unsubAck, .pingResponse, .disconnect, .auth: break
        }
    }

    private func expect(_ first: UInt8, _ id: UInt16) { due[UInt32(first) << 16 | UInt32(id), default: 0] += 1 }

    /// An answer to what was asked, once for each time it was asked.
    private func answered(_ first: UInt8, _ id: UInt16) {
        let key = UInt32(first) << 16 | UInt32(id)
        let left = due[key] ?? 0
        law(left > 0, "an answer \(String(first, radix: 16)) \(id) that nobody waits for")
        due[key] = left - 1
    }

    // MARK: What the broker sent

    func check(_ bytes: [UInt8], filters: [String: [[UInt8]]]) {
        var rest = bytes
        while !rest.isEmpty {
            guard let header = try? FixedHeader.parse(rest.span.bytes), header.length <= rest.count,
                let packet = decoded(Array(rest.prefix(header.length)))
            else { return law(false, "the broker wrote what is no packet: \(rest.prefix(32))") }
            law(header.length <= packetBound, "a packet of \(header.length) bytes, and the client takes \(packetBound)")
            rest.removeFirst(header.length)
            check(packet, filters: filters)
        }
    }

    private func decoded(_ bytes: [UInt8]) -> Packet? {
        if let packet = try? Packet.decode(bytes.span.bytes, version: version) { return packet }
        // A refusal of who names no version of ours comes in the older form.
        guard !hasSaidConnect, bytes.first == 0x20 else { return nil }
        return try? Packet.decode(bytes.span.bytes, version: .v311)
    }

    private func check(_ packet: Packet, filters: [String: [[UInt8]]]) {
        law(!hasGoodbye, "\(packet) after the end")
        switch packet {
        case .connAck(let answer):
            // Who cannot be read is refused all the same.
            law(!hasConnAck && (hasSaidConnect || answer.reason.isError), "a CONNACK nobody waits for")
            hasConnAck = true
            hasGoodbye = answer.reason.isError
            isPenalised = answer.properties.reasonString == Link.tooOften
        case .publish(let publish):
            law(hasConnAck, "a PUBLISH before CONNACK")
            check(publish, filters[name] ?? [])
        case .pubAck(let answer): answered(0x40, answer.packetID)
        case .pubRec(let answer): answered(0x50, answer.packetID)
        case .pubComp(let answer): answered(0x70, answer.packetID)
        case .pubRel(let release):
            // One is due for a PUBREC, or it is sent again after a reconnect.
            law(hasConnAck, "a PUBREL before CONNACK")
            if outstanding[release.packetID] == nil { outstanding[release.packetID] = .released }
        case .subAck(let answer): answered(0x90, answer.packetID)
        case .unsubAck(let answer): answered(0xB0, answer.packetID)
        case .pingResponse: answered(0xD0, 0)
        case .disconnect(let goodbye):
            law(version == .v5 && hasConnAck, "a DISCONNECT to who does not understand it")
            law(goodbye.properties.sessionExpiryInterval == nil, "a server sets no session expiry")
            hasGoodbye = true
        case .connect, .subscribe, .unsubscribe, .pingRequest, .auth: law(false, "a client's packet from the broker")
        }
    }

    private func check(_ publish: Publish, _ filters: [[UInt8]]) {
        var name = publish.topic?.bytes
        if let alias = publish.properties.topicAlias {
            law(alias <= aliasMaximum, "alias \(alias), and the client takes \(aliasMaximum)")
            if name == nil { name = aliases[alias] } else { aliases[alias] = name }
        }
        guard let topic = name else { return law(false, "an alias that stands for nothing") }
        let isAdmin = if case .admin = principal { true } else { false }
        law(isAdmin || filters.contains { Naive.matches($0, topic) }, "\(topic) was not asked for")
        guard publish.qos != .atMostOnce else { return }
        law(outstanding[publish.packetID] == nil, "identifier \(publish.packetID) is in use")
        outstanding[publish.packetID] = publish.qos == .atLeastOnce ? .once : .twice
        law(
            outstanding.count <= receiveMaximum,
            "\(outstanding.count) under way, and the client takes \(receiveMaximum)")
    }
}
