import Testing

@testable import MessageQueue

/// [T-75, X-15] What was stored today is not old because somebody set the clock.
struct AgeClockTests {
    private let clock = AgeClock(wall: 1_000_000, steady: 5_000)

    @Test func goesWithTheWall() {
        #expect(clock.now(wall: 1_000_700, steady: 5_700) == 1_000_700)
    }

    @Test func doesNotFollowAJumpAhead() {
        let tenYears: Int64 = 315_576_000_000
        #expect(clock.now(wall: 1_000_700 + tenYears, steady: 5_700) == 1_000_700)
    }

    @Test func followsAJumpBack() {
        #expect(clock.now(wall: 900_000, steady: 5_700) == 900_000)
    }
}
