import Testing

@testable import BrokerCore

@Suite struct SpareBuffersTests {
    @Test func givesBackTheRoomOfABufferThatWasFilled() {
        var spares = SpareBuffers(most: 65_536)
        let none = spares.take()
        #expect(none == nil)
        var buffer = [UInt8](repeating: 7, count: 300)
        let room = buffer.capacity
        buffer.removeAll(keepingCapacity: true)
        spares.keep(buffer)
        #expect(spares.bytes == room)
        let again = spares.take()
        #expect(again?.isEmpty == true && again?.capacity == room)
        #expect(spares.bytes == 0)
    }

    @Test func keepsNoMoreRoomThanItMay() {
        var spares = SpareBuffers(most: 1_000)
        for _ in 0..<10 {
            var buffer: [UInt8] = []
            buffer.reserveCapacity(300)
            spares.keep(buffer)
        }
        #expect(spares.bytes > 0 && spares.bytes <= 1_000)
    }

    @Test func keepsNeitherWhatIsEmptyNorWhatBecameVeryLarge() {
        var spares = SpareBuffers(most: 16_777_216)
        spares.keep([])
        var large: [UInt8] = []
        large.reserveCapacity(1_048_577)
        spares.keep(large)
        #expect(spares.bytes == 0)
    }
}
