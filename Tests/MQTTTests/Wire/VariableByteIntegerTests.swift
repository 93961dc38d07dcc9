import MQTT
import TestSupport
import Testing

/// Lengths and numbers in one to four bytes, in their shortest form and no other. [T-03, MQTT-1.5.5-1]
struct VariableByteIntegerTests {
    static let boundaries = [
        0, 1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152, 268_435_454, 268_435_455,
    ]

    // covers: MQTT-1.5.5-1 (5.0)
    @Test(arguments: boundaries)
    func readsTheShortestForm(of value: Int) throws {
        let number = variableByteInteger(value)
        var written: [UInt8] = []
        written.append(variableInteger: value)
        #expect(written == number)
        #expect(variableIntegerLength(value) == number.count)
        let read = try #require(try header([0x30] + number))
        #expect(read.remainingLength == value)
        #expect(read.headerLength == 1 + number.count)
    }

    // covers: MQTT-1.5.5-1 (5.0)
    @Test(arguments: boundaries)
    func refusesEveryLongerForm(of value: Int) {
        var number = variableByteInteger(value)
        while number.count < 6 {
            number[number.count - 1] |= 0x80
            number.append(0)
            #expect(throws: MalformedPacket.self, "\(shown(number))") {
                try header([0x30] + number)
            }
            let property = hex("82 [ 0001 { 0B \(shown(number)) } <a> 00 ]")
            #expect(throws: MalformedPacket.self, "\(shown(number))") { try decode(property, .v5) }
            let length = hex("40 [ 0001 00 \(shown(number)) ]")
            #expect(throws: MalformedPacket.self, "\(shown(number))") { try decode(length, .v5) }
        }
    }

    @Test func refusesAFifthByteAsSoonAsTheFourthPromisesIt() {
        #expect(throws: MalformedPacket.self) { try header([0x10, 0x80, 0x80, 0x80, 0x80]) }
        #expect(throws: MalformedPacket.self) { try header([0x10, 0xFF, 0xFF, 0xFF, 0xFF]) }
    }

    @Test func waitsForANumberThatIsNotThereYet() throws {
        for bytes: [UInt8] in [[], [0x10], [0x10, 0x80], [0x10, 0x80, 0xFF], [0x10, 0xFF, 0xFF, 0xFF]] {
            #expect(try header(bytes) == nil)
        }
    }
}
