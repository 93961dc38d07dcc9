import BrokerCore
import MQTT

/// A broker with the open policy, a clock that goes on when told, and sockets that are arrays of bytes.
final class CaseStage {
    private var broker: Broker
    private var now = Moment(nanoseconds: 1_000_000_000_000, wall: 1_763_812_800_000)
    private var ids: [Character: ConnectionID] = [:]
    private var output: [Character: [UInt8]] = [:]
    private var closed: Set<Character> = []
    /// Who was answered before a packet was whole, and not with an end.
    private(set) var answeredEarly: [Character] = []

    init() {
        broker = Broker(configuration: BrokerConfiguration(), at: now)
    }

    /// `inPortions` of that many bytes; 0 for all at once.
    func send(_ bytes: [UInt8], from link: Character, inPortions size: Int = 0) {
        let id = id(of: link)
        let isOnePacket = Notation.measured(bytes.dropFirst())?.after.isEmpty ?? false
        for start in stride(from: 0, to: bytes.count, by: size > 0 ? size : max(1, bytes.count)) {
            guard !closed.contains(link) else { return }
            let portion = Array(bytes[start..<min(bytes.count, size > 0 ? start + size : bytes.count)])
            broker.received(portion.span.bytes, from: id, at: now)
            settle()
            if isOnePacket, start + portion.count < bytes.count, !(output[link] ?? []).isEmpty, !closed.contains(link) {
                answeredEarly.append(link)
            }
        }
    }

    func end(_ link: Character) {
        guard closed.insert(link).inserted else { return }
        broker.ended(id(of: link), .peerClosed, at: now)
        settle()
    }

    func wait(milliseconds: Int64) {
        var rest = milliseconds
        while rest > 0 {
            now = now.advanced(byMilliseconds: min(100, rest))
            rest -= 100
            broker.elapsed(at: now)
            settle()
        }
    }

    func isOpen(_ link: Character) -> Bool { ids[link] != nil && !closed.contains(link) }

    /// What came since it was last asked, cut into packets; what is left over is the last of them.
    func take() -> [(link: Character, packet: [UInt8])] {
        var packets: [(Character, [UInt8])] = []
        for (link, bytes) in output.sorted(by: { $0.key < $1.key }) {
            var rest = bytes[...]
            while !rest.isEmpty {
                let after = Notation.measured(rest.dropFirst())?.after ?? []
                packets.append((link, Array(rest[..<(after.isEmpty ? rest.endIndex : after.startIndex)])))
                rest = after
            }
        }
        output = [:]
        return packets
    }

    private func id(of link: Character) -> ConnectionID {
        if let id = ids[link] { return id }
        let id = broker.accepted(
            Peer(listener: .open, principal: .open, address: "127.0.0.1:\(link)", acceptedAt: now), at: now)
        ids[link] = id
        return id
    }

    private func settle() {
        while broker.hasEffects {
            let effects = broker.effects
            broker.effects.removeAll()
            for id in effects.writes + effects.closes {
                guard let link = ids.first(where: { $0.value == id })?.key else { continue }
                broker.takeOutput(of: id) { output[link, default: []] += $0.copy(0..<$0.byteCount) }
            }
            for id in effects.closes {
                guard let link = ids.first(where: { $0.value == id })?.key else { continue }
                closed.insert(link)
                broker.ended(id, .asked, at: now)
            }
        }
    }
}

extension PacketCase {
    /// Plays the case; answers what was otherwise than the standard has it, one sentence each.
    func play(inPortions size: Int = 0) throws -> [String] {
        let stage = CaseStage()
        var problems: [String] = []
        var identifiers: [Int: UInt16] = [:]
        var expected: [(link: Character, forms: [Notation], text: String, duty: Duty)] = []

        var states: [(link: Character, isOpen: Bool)] = []

        func verify(isLast: Bool = false) {
            for (link, isOpen) in states where stage.isOpen(link) != isOpen {
                problems.append("\(link) is \(isOpen ? "closed" : "open")")
            }
            states = []
            var came = stage.take()
            var later: [(link: Character, forms: [Notation], text: String, duty: Duty)] = []
            for wanted in expected {
                let place = came.firstIndex { link, packet in
                    link == wanted.link && wanted.forms.contains { $0.matches(packet, &identifiers) }
                }
                if let place {
                    let type = came[place].packet[0] >> 4
                    let overtaken = came[..<place].contains { $0.link == wanted.link && $0.packet[0] >> 4 == type }
                    if overtaken { problems.append("out of order: \(wanted.text)") }
                    came.remove(at: place)
                } else if wanted.duty == .nowOrLater, !isLast {
                    later.append(wanted)
                } else if wanted.duty != .perhaps {
                    problems.append("missing: \(wanted.link)< \(wanted.text)")
                }
            }
            problems += came.map { "not expected: \($0.link)< \(PacketCase.shown($0.packet))" }
            expected = later
        }

        for (link, step) in steps {
            switch step {
            case .expect(let forms, let text, let duty): expected.append((link, forms, text, duty))
            case .state(let isOpen): if let isOpen { states.append((link, isOpen)) }
            case .send(let notation):
                verify()
                stage.send(try notation.bytes(identifiers), from: link, inPortions: size)
            case .wait(let milliseconds):
                verify()
                stage.wait(milliseconds: milliseconds)
            case .end:
                verify()
                stage.end(link)
            }
        }
        verify(isLast: true)
        problems += stage.answeredEarly.map { "\($0) was answered before its packet was whole" }
        return problems
    }

    /// Plays what the case sends with one byte of it changed, or cut off at it; nothing is expected of the answers but
    /// that they are packets. What would need an identifier that did not come is left out.
    func playBroken(byte place: Int, _ change: (UInt8) -> UInt8?) throws -> [String] {
        let stage = CaseStage()
        var identifiers: [Int: UInt16] = [:]
        var problems: [String] = []
        var left = place
        for (link, step) in steps {
            switch step {
            case .state: break
            case .expect(let forms, _, _):
                for (_, packet) in stage.take() {
                    _ = forms.contains { $0.matches(packet, &identifiers) }
                    if (try? FixedHeader.parse(packet.span.bytes))?.length != packet.count {
                        problems.append("no packet: \(PacketCase.shown(packet))")
                    }
                }
            case .wait(let milliseconds): stage.wait(milliseconds: min(milliseconds, 1_000))
            case .end: stage.end(link)
            case .send(let notation):
                guard var bytes = try? notation.bytes(identifiers) else { continue }
                if bytes.indices.contains(left) {
                    if let changed = change(bytes[left]) {
                        bytes[left] = changed
                    } else {
                        stage.send(Array(bytes[..<left]), from: link)
                        stage.end(link)
                        return problems
                    }
                }
                left -= bytes.count
                stage.send(bytes, from: link)
            }
        }
        return problems
    }

    /// How many bytes it sends, as far as that is known beforehand.
    var length: Int {
        steps.reduce(0) { length, step in
            guard case .send(let notation) = step.step else { return length }
            return length + ((try? notation.bytes([1: 1, 2: 2]).count) ?? 0)
        }
    }

    static func shown(_ bytes: [UInt8]) -> String {
        bytes.prefix(64).map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined(separator: " ")
            + (bytes.count > 64 ? " …" : "")
    }
}
