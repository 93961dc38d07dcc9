import Testing

@testable import ConsoleCore

@Suite struct FiguresTests {
    private func text(_ shown: DisplayText) -> String { shown.cells.joined() }

    @Test(arguments: [
        (0.0, "0"), (0.05, "0.05"), (0.23, "0.2"), (2, "2"), (96, "96"), (412, "412"), (999, "999"), (1210, "1.21k"),
        (12_100, "12.1k"), (121_000, "121k"), (3_100_000, "3.10M"), (-3, "-3"), (.nan, "--"), (.infinity, "--"),
        (1e300, "1000E"), (999.7, "1.00k"),
    ]) func showsNumbersInFiveCharacters(_ value: Double, _ shown: String) {
        #expect(text(Figures.number(value)) == shown)
    }

    @Test(arguments: [
        (0.0, "0B"), (412, "412B"), (1600, "1.6kB"), (41_000, "41kB"), (402_000, "402kB"), (3_100_000, "3.1MB"),
    ]) func showsBytes(_ value: Double, _ shown: String) {
        #expect(text(Figures.bytes(value)) == shown)
    }

    @Test(arguments: [
        (Int64(200), "0.2s"), (9999, "9.9s"), (45_000, "45s"), (751_000, "12m31s"), (7_500_000, "2h05m"),
        (263_000_000, "3d01h"), (86_400_000 * 412, "412d"), (-5, "0.0s"), (.max, "106751991167d"),
    ]) func showsSpans(_ value: Int64, _ shown: String) {
        #expect(text(Figures.span(value)) == shown)
    }

    @Test func showsTimesInUTC() {
        #expect(text(Figures.clock(1_763_813_071_204)) == "12:04:31")
        #expect(text(Figures.exactClock(1_763_813_071_204)) == "12:04:31.204")
        #expect(text(Figures.date(1_763_813_071_204)) == "2025-11-22")
        #expect(text(Figures.date(951_782_400_000)) == "2000-02-29")
        #expect(text(Figures.date(-1)) == "1969-12-31")
        #expect(text(Figures.clock(-1)) == "23:59:59")
        #expect(text(Figures.date(.max)) == "9999-12-31")
        #expect(text(Figures.date(.min)) == "1-01-01")
    }

    @Test func showsWholeNumbersInGroups() {
        #expect(text(Figures.whole(1_284_112)) == "1,284,112")
        #expect(text(Figures.whole(-412)) == "-412")
        #expect(text(Figures.whole(.min)) == "-9,223,372,036,854,775,808")
    }

    @Test func showsChosenTimesCountdownsAndSkew() {
        #expect(text(Figures.chosen(600_000)) == "10m")
        #expect(text(Figures.chosen(5_430_000)) == "1h30m30s")
        #expect(text(Figures.countdown(581_000)) == "09:41")
        #expect(text(Figures.skew(100)) == "+0.1s")
        #expect(text(Figures.skew(-2000)) == "-2.0s")
        #expect(text(Figures.share(0.424)) == "42 %")
    }
}

@Suite struct ShortIdentifiersTests {
    @Test func showsTheTailOfAULID() {
        #expect(ShortIdentifiers().short("01K9KTVTCS8W6YB2N4R0TVK0ZZ") == "..K0ZZ")
    }

    @Test func showsMoreIfTwoTailsCollide() {
        let ids = ["01K9KTVTCS8W6YB2N4R0TVK0ZZ", "01K9KTVTCS8W6YB2N4R0TWK0ZZ"]
        let short = ShortIdentifiers(of: ids)
        #expect(short.short(ids[0]) == "..VK0ZZ")
        #expect(short.short(ids[1]) == "..WK0ZZ")
    }

    @Test func showsOtherNamesWholeOrTheirEnd() {
        #expect(ShortIdentifiers().short("sensor-1") == "sensor-1")
        #expect(ShortIdentifiers().short("a-very-long-name-42") == "..ng-name-42")
    }

    @Test func shortensTheULIDsOfATopic() {
        #expect(
            ShortIdentifiers().short(in: "spacelift/readonly/01K91X9KE18W6YB2N4R0TV7QK2/+")
                == "spacelift/readonly/..7QK2/+")
        #expect(ShortIdentifiers().short(in: "//a/") == "//a/")
        #expect(
            ShortIdentifiers().short(in: "is 01K91X9KE18W6YB2N4R0TV7QK2, not 01K9KTVTCS8W6YB2N4R0TVK0ZZ")
                == "is ..7QK2, not ..K0ZZ")
        #expect(ShortIdentifiers().short(in: "e\u{301}\u{1b}") == DisplayText("e\u{301}\u{1b}"))
    }
}
