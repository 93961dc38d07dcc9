import MQTT
import TestSupport
import Testing

/// Every packet both ways, and every way to spoil one.
struct PacketTests {
    // covers: MQTT-2.2.1-2 (5.0), MQTT-2.2.2-1 (5.0), MQTT-3.1.3-1 (5.0), MQTT-3.3.2-1 (5.0), MQTT-2.3.1-5 (3.1.1)
    // covers: MQTT-3.1.3-1 (3.1.1), MQTT-3.3.2-1 (3.1.1)
    @Test(arguments: Samples.all)
    func readsAndWrites(_ sample: Sample) throws {
        #expect(try decode(sample.bytes, sample.version) == sample.packet)
        #expect(shown(sample.packet.encoded(sample.version)) == shown(sample.bytes))
    }

    @Test func hasASampleOfEveryPacketInEachVersionThatHasIt() {
        for version in [ProtocolVersion.v311, .v5] {
            let types = Set(Samples.all.filter { $0.version == version }.map(\.packet.type))
            #expect(types == Set(PacketType.allCases.filter { version == .v5 || $0 != .auth }))
        }
        let codes = Set(Samples.all.flatMap { properties(of: $0.packet) }.map(\.id))
        #expect(codes == Set(PropertyID.allCases))
    }

    /// [T-04] A packet cut off anywhere is not a packet, and a header in the making is only not there yet.
    @Test(arguments: Samples.all)
    func refusesEveryPrefix(_ sample: Sample) throws {
        for length in 0..<sample.bytes.count {
            let prefix = Array(sample.bytes.prefix(length))
            #expect(throws: MalformedPacket.self) { try decode(prefix, sample.version) }
            if let read = try header(prefix) {
                #expect(read.length == sample.bytes.count)
            }
        }
    }

    /// [T-04] The body cut short while its length is told truly: what still parses must be a packet of its own.
    @Test(arguments: Samples.all)
    func survivesEveryShortenedBody(_ sample: Sample) throws {
        let read = try #require(try header(sample.bytes))
        let body = sample.bytes.dropFirst(read.headerLength)
        for length in 0..<body.count {
            survives([sample.bytes[0]] + variableByteInteger(length) + body.prefix(length), sample.version)
        }
        for more in 1...3 {
            let longer = body + [UInt8](repeating: 0, count: more)
            survives([sample.bytes[0]] + variableByteInteger(longer.count) + longer, sample.version)
        }
    }

    /// [T-04, T-08] Every value of every byte; and every bit of it, read as the other version.
    @Test(arguments: Samples.all)
    func survivesEveryOneByteMutation(_ sample: Sample) {
        for place in sample.bytes.indices {
            var mutation = sample.bytes
            for value in UInt8.min...UInt8.max {
                mutation[place] = value
                survives(mutation, sample.version)
            }
            for bit in 0..<8 {
                mutation[place] = sample.bytes[place] ^ 1 << bit
                survives(mutation, sample.version == .v5 ? .v311 : .v5)
            }
        }
    }

    /// [T-04] Two bytes left out, put in or turned to the extremes of a length, at every place.
    @Test(arguments: Samples.all)
    func survivesEveryLyingLength(_ sample: Sample) {
        for place in 0..<(sample.bytes.count - 1) {
            for length: [UInt8] in [[0, 0], [0, 1], [0xFF, 0xFF], [0x7F, 0xFF], [0xFF, 0x7F]] {
                var mutation = sample.bytes
                mutation.replaceSubrange(place...(place + 1), with: length)
                survives(mutation, sample.version)
            }
            var shorter = sample.bytes
            shorter.removeSubrange(place...(place + 1))
            survives(shorter, sample.version)
            survives(sample.bytes[...place] + [0xFF, 0xFF] + sample.bytes[(place + 1)...], sample.version)
        }
    }

    @Test(arguments: UInt64(1)...8)
    func survivesRandomBytes(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<20_000 {
            let body = (0..<Int.random(in: 0...40, using: &random)).map { _ in likely(using: &random) }
            let first = UInt8.random(in: 0x10...0xFF, using: &random)
            survives([first] + variableByteInteger(body.count) + body, .v5)
            survives([first] + variableByteInteger(body.count) + body, .v311)
            survives(body, .v5)
        }
    }

    /// Bytes that lead far into a parser: small lengths, property numbers, flags; now and then anything.
    private func likely(using random: inout SeededRandom) -> UInt8 {
        switch UInt8.random(in: 0...9, using: &random) {
        case 0...5: UInt8.random(in: 0...4, using: &random)
        case 6: UInt8.random(in: 0...0x2A, using: &random)
        case 7: UInt8.random(in: 0x61...0x63, using: &random)
        case 8: [0x23, 0x24, 0x2B, 0x2F, 0x80].randomElement(using: &random) ?? 0
        default: UInt8.random(in: .min ... .max, using: &random)
        }
    }

    /// Whatever the bytes: a refusal, or a packet that says of itself what it is.
    private func survives(_ bytes: some Collection<UInt8>, _ version: ProtocolVersion) {
        let bytes = Array(bytes)
        guard let packet = try? decode(bytes, version) else { return }
        let own = if case .connect(let connect) = packet { connect.version } else { version }
        let again = packet.encoded(own)
        if (try? decode(again, own)) != packet {
            Issue.record("\(shown(bytes)) became \(shown(again)): \(packet)")
        }
    }

    private func properties(of packet: Packet) -> [Property] {
        switch packet {
        case .connect(let connect): connect.properties.list + (connect.will?.properties.list ?? [])
        case .connAck(let answer): answer.properties.list
        case .publish(let publish): publish.properties.list
        case .pubAck(let answer), .pubRec(let answer), .pubRel(let answer), .pubComp(let answer):
            answer.properties.list
        case .subscribe(let subscribe): subscribe.properties.list
        case .subAck(let answer): answer.properties.list
        case .unsubscribe(let unsubscribe): unsubscribe.properties.list
        case .unsubAck(let answer): answer.properties.list
        case .disconnect(let disconnect): disconnect.properties.list
        case .auth(let auth): auth.properties.list
        case .pingRequest, .pingResponse: []
        }
    }
}
