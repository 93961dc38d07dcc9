import MQTT
import TestSupport
import Testing

/// The traps that `String` lays for wire names, one by one: names are bytes. [SW-1 … SW-6]
struct NameContractTests {
    /// [SW-1] `é` in one scalar and in two look the same and are different names.
    // covers: MQTT-4.7.3-4 (5.0), MQTT-3.1.3-2 (5.0), MQTT-4.7.3-4 (3.1.1), MQTT-3.1.3-2 (3.1.1)
    @Test func tellsNamesApartThatLookTheSame() {
        let one = "caf\u{e9}"
        let other = "cafe\u{301}"
        #expect(one == other, "the trap is still there")
        #expect(topic(one) != topic(other))
        #expect(filter(one) != filter(other))
        #expect(client(one) != client(other))
        #expect(Set([topic(one), topic(other)]).count == 2)
        #expect(Set([filter(one), filter(other)]).count == 2)
        #expect(Set([client(one), client(other)]).count == 2)
        #expect([client(one): 1, client(other): 2][client(one)] == 1)
        #expect(!filter(one).matches(topic(other)))
    }

    /// [SW-2] A combining mark after the slash makes it another character, and the same byte.
    @Test func partsLevelsAtTheByte() {
        let name = "ns/readonly/\u{301}P1/W1"
        #expect(name.split(separator: "/").count == 3, "the trap is still there")
        #expect(topic(name).levels.count == 4)
        #expect(filter(name).levels.count == 4)
        #expect(filter("ns/readonly/+/W1").matches(topic(name)))
        #expect(filter("$share/\u{301}/\u{301}a").share == bytes("\u{301}"))
        #expect(filter("$share/\u{301}/\u{301}a").pattern == bytes("\u{301}a"))
        #expect(topic("/a//").levels.map(Array.init) == [[], bytes("a"), [], []])
    }

    /// [SW-3] A wildcard with a combining mark is a wildcard beside something.
    @Test func findsWildcardsAtTheByte() {
        for name in ["a/#\u{301}", "a/+\u{301}", "+\u{20dd}/a", "#\u{fe0f}"] {
            #expect(!name.contains("#") && !name.contains("+"), "the trap is still there: \(name)")
            #expect(TopicName(name) == nil)
            #expect(TopicFilter(name) == nil)
        }
        #expect(TopicFilter("$share/g+\u{301}/a") == nil)
        #expect(TopicFilter("$share/g#\u{301}/a") == nil)
        #expect(TopicName("a/#") == nil)
        #expect(filter("a/#").matches(topic("a/b")))
    }

    /// [SW-4] CR LF is one character and two bytes.
    @Test func keepsLineEndsApart() {
        #expect(!"a\r\nb".contains("\n"), "the trap is still there")
        #expect(topic("a\r\nb").bytes == [0x61, 0x0D, 0x0A, 0x62])
        #expect(topic("a\r\nb") != topic("a\nb"))
        #expect(topic("a\r\n/b").levels.map(Array.init) == [bytes("a\r\n"), bytes("b")])
        #expect(client("a\r\n") != client("a\n"))
        #expect(!filter("a\r\n").matches(topic("a\n")))
    }

    /// [SW-5] What is not text is refused, and not repaired into something else's name.
    @Test func repairsNothing() {
        let one: [UInt8] = [0x61, 0xFF, 0x62]
        let other: [UInt8] = [0x61, 0xFE, 0x62]
        #expect(
            String(decoding: one, as: UTF8.self) == String(decoding: other, as: UTF8.self), "the trap is still there")
        for wrong in [one, other] {
            #expect(throws: MalformedPacket.self) { try TopicName(validating: wrong) }
            #expect(throws: MalformedPacket.self) { try TopicFilter(validating: wrong) }
            #expect(throws: MalformedPacket.self) { try ClientID(validating: wrong) }
            #expect(throws: MalformedPacket.self) { try TopicFilter(validating: bytes("$share/g/") + wrong) }
        }
        let replaced = String(decoding: one, as: UTF8.self)
        #expect(
            topic(replaced).bytes == [0x61, 0xEF, 0xBF, 0xBD, 0x62], "the replacement itself is a name like others")
    }

    /// [SW-6] No folding of case, no other script's digits, no other slash.
    @Test func foldsNothing() {
        #expect("\u{212A}".lowercased() == "k", "the trap is still there")
        #expect(topic("K") != topic("k"))
        #expect(topic("\u{212A}") != topic("K"))
        #expect(client("W") != client("w"))
        #expect(client("1") != client("\u{661}"))
        #expect(!filter("stra\u{DF}e").matches(topic("strasse")))
        #expect(filter("$SHARE/g/a").share == nil)
        #expect(filter("$\u{FF53}hare/g/a").share == nil)
        #expect(topic("a\u{FF0F}b\u{2215}c").levels.count == 1)
        #expect(TopicName("\u{FF0B}/\u{FF03}") != nil)
        #expect(!filter("\u{FF0B}/a").matches(topic("x/a")))
    }

    // covers: MQTT-4.7.3-3 (5.0), MQTT-4.7.3-3 (3.1.1)
    @Test func haveAtMost65535Bytes() {
        let longest = [UInt8](repeating: UInt8(ascii: "/"), count: 65_535)
        #expect((try? TopicName(validating: longest))?.levels.count == 65_536)
        #expect((try? TopicFilter(validating: longest))?.levels.count == 65_536)
        #expect(throws: MalformedPacket.self) { try TopicName(validating: longest + [0x61]) }
        #expect(throws: MalformedPacket.self) { try TopicFilter(validating: longest + [0x61]) }
        #expect(throws: MalformedPacket.self) { try ClientID(validating: longest + [0x61]) }
    }
}
