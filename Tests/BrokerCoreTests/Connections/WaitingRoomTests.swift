import Testing

@testable import BrokerCore

/// Where those are who have to wait before they are let in. [T-72]
@Suite struct WaitingRoomTests {
    private let here = Source(address: [10, 0, 0, 1])
    private let there = Source(address: [10, 0, 0, 2])
    private var room = WaitingRoom(places: 12)

    private mutating func seat(_ guests: ClosedRange<Int32>, of source: Source, leaving free: Int = 100) -> [Bool] {
        guests.map { room.seat($0, of: source, leaving: free) }
    }

    /// Lets in so many of each address.
    private mutating func call(_ most: [Source: Int]) -> [Int32] {
        var most = most
        return room.call { source -> Bool? in
            guard let left = most[source], left > 0 else { return nil }
            most[source] = left - 1
            return true
        }.map(\.guest)
    }

    @Test mutating func whoeverCameFirstOfAnAddressIsCalledFirst() {
        #expect(seat(1...3, of: here) == [true, true, true])
        #expect(call([here: 2]) == [1, 2])
        #expect(seat(4...4, of: here) == [true])
        #expect(call([here: 9]) == [3, 4])
        #expect(call([here: 9]) == [])
        #expect(room.count == 0)
    }

    @Test mutating func addressesAreCalledInTurnAndWaitForNoOther() {
        _ = seat(1...4, of: here)
        _ = seat(11...12, of: there)
        #expect(call([here: 3, there: 1]) == [1, 11, 2, 3])
        #expect(call([there: 1]) == [12])
        #expect(room.count(of: here) == 1 && room.count(of: there) == 0 && room.count == 1)
    }

    /// Whoever was kept waiting is asked before the one who was not.
    @Test mutating func oneWhoWasKeptWaitingIsAskedFirstTheNextTime() {
        _ = seat(1...2, of: here)
        _ = seat(11...13, of: there)
        #expect(call([there: 1]) == [11])
        #expect(call([here: 1, there: 1]) == [1, 12])
    }

    /// [T-02] It has half of the room, the next one half of what is left, and there still is some.
    @Test mutating func oneAddressTakesNoMorePlacesThanItLeaves() {
        #expect(seat(1...8, of: here) == [true, true, true, true, true, true, false, false])
        #expect(seat(11...14, of: there) == [true, true, true, false])
        #expect(seat(21...22, of: Source(address: [10, 0, 0, 3])) == [true, true])
        // With one of its guests gone it has one place again.
        #expect(call([here: 1]) == [1])
        #expect(seat(9...9, of: here) == [false])
        #expect(call([here: 1]) == [2])
        #expect(seat(9...9, of: here) == [false])
        #expect(call([there: 3]) == [11, 12, 13])
        #expect(seat(9...9, of: here) == [true])
    }

    /// [T-71] What waits holds a descriptor, and others need some too.
    @Test mutating func noAddressWaitsWithMoreSocketsThanThereIsRoomForBesides() {
        #expect(seat(1...3, of: here, leaving: 2) == [true, true, false])
        #expect(seat(11...11, of: there, leaving: 1) == [true])
        #expect(seat(12...12, of: there, leaving: 0) == [false])
    }

    /// Places are given back in the order in which guests come and go, however often.
    @Test mutating func noPlaceIsLostOverAThousandGuests() {
        for number in 1...1_000 as ClosedRange<Int32> {
            #expect(seat(number...number, of: here) == [true])
            if number > 3 { #expect(call([here: 1]) == [number - 3]) }
        }
        #expect(room.count == 3)
        #expect(call([here: 9]) == [998, 999, 1_000])
        #expect(seat(1...7, of: here).count { $0 } == 6)
    }
}
