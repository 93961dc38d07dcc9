import Testing

@testable import Fleet

struct TurnstileTests {
    @Test func letsInNoMoreThanItHasPlacesAndKeepsTheOrder() {
        let turnstile = Turnstile(places: 2)
        var entered: [Int] = []
        for number in 1...5 { turnstile.pass { entered.append(number) } }
        #expect(entered == [1, 2])
        turnstile.leave()
        #expect(entered == [1, 2, 3])
        turnstile.leave()
        turnstile.leave()
        #expect(entered == [1, 2, 3, 4, 5])
        for _ in 0..<2 { turnstile.leave() }
        turnstile.pass { entered.append(6) }
        #expect(entered.last == 6)
    }
}
