import ConsoleCore
import Testing

@testable import ConsoleCore

@Suite struct KeyMapTests {
    @Test func givesEachKeyOneMeaning() {
        let keys = KeyMap.bindings.flatMap(\.keys)
        #expect(Set(keys).count == keys.count)
    }

    @Test func leadsToChangeByCapitalLettersOnly() {
        for binding in KeyMap.bindings where binding.action.acts {
            for key in binding.keys {
                guard case .character(let scalar) = key else {
                    Issue.record("\(key) leads to change")
                    continue
                }
                #expect(("A"..."Z").contains(scalar))
            }
        }
    }

    @Test func quitsOnTheSecondInterruptAndCancelsOnTheFirst() throws {
        var desk = try Desk.live()
        try desk.press(.character("3"), .character("K"), .control("c"))
        #expect(!desk.text().contains("kick worker"))
        #expect(desk.status == "Ctrl-c once more quits")
        try desk.tell(.interrupted)
        #expect(desk.others == [.quit])
    }

    @Test func forgetsAnInterruptAfterAnotherKey() throws {
        var desk = try Desk.live()
        try desk.press(.control("c"), .down, .control("c"))
        #expect(desk.others.isEmpty)
        try desk.press(.control("z"), .control("l"), .character("Q"))
        #expect(desk.others == [.suspend, .redraw, .quit])
    }
}
