import Testing

@testable import Terminal

@Suite struct TerminalEnvironmentTests {
    @Test(arguments: [[:], ["TERM": ""], ["TERM": "dumb"]])
    func refusesATerminalThatShowsNothingAndSaysWhatToUseInstead(variables: [String: String]) {
        #expect {
            try TerminalEnvironment(variable: { variables[$0] })
        } throws: { error in
            let sentence = (error as? TerminalEnvironment.Refusal)?.description ?? ""
            return sentence.contains("TERM") && sentence.contains("--once")
        }
    }

    @Test func heedsTheWishForNoColour() throws {
        func environment(_ variables: [String: String], colors: Bool = true) throws -> TerminalEnvironment {
            try TerminalEnvironment(variable: { variables[$0] }, colors: colors)
        }
        #expect(try environment(["TERM": "xterm-256color"]).colors)
        #expect(try environment(["TERM": "xterm-256color", "NO_COLOR": ""]).colors)
        #expect(try !environment(["TERM": "xterm-256color", "NO_COLOR": "1"]).colors)
        #expect(try !environment(["TERM": "xterm-256color"], colors: false).colors)
    }

    @Test(arguments: [("xterm-256color", true), ("xterm-kitty", true), ("screen", false), ("tmux-256color", false)])
    func bracketsFramesOnlyWhereThatIsKnownToBeHarmless(name: String, expected: Bool) throws {
        #expect(try TerminalEnvironment(variable: { $0 == "TERM" ? name : nil }).mayBracketFrames == expected)
    }
}
