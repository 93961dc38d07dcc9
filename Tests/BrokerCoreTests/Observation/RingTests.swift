import Testing

@testable import BrokerCore

@Suite struct RingTests {
    @Test func keepsTheNewest() {
        var ring = Ring<Int>(bound: 4)
        #expect(ring.newest == nil)
        #expect(ring.newestFirst == [])
        for number in 1...10 {
            ring.append(number)
            #expect(ring.newest == number)
            #expect(ring.count == min(number, 4))
        }
        #expect(ring.newestFirst == [10, 9, 8, 7])
        #expect(ring.last(2) == [9, 10])
        #expect(ring.last(99) == [7, 8, 9, 10])
        #expect(ring.newest(3) == [10, 9, 8])
        #expect(ring.newest(-1) == [])
        #expect(ring.newest { $0.isMultiple(of: 2) } == [10, 8])
        #expect(ring.newest(1) { $0 < 10 } == [9])
    }
}
