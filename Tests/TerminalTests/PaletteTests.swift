import ConsoleCore
import Testing

@testable import Terminal

@Suite struct PaletteTests {
    @Test(arguments: [(0, Palette.Depth.none), (2, .none), (8, .eight), (16, .eight), (256, .many), (1 << 24, .many)])
    func takesTheDepthOfTheTerminal(colors: Int, expected: Palette.Depth) {
        #expect(Palette(colors: colors).depth == expected)
    }

    @Test func saysGoodWarningAndBadInTheBasicColours() {
        for colors in [8, 256] {
            let palette = Palette(colors: colors)
            #expect(palette.appearance(of: Style(.good)).foreground == 2)
            #expect(palette.appearance(of: Style(.warning)).foreground == 3)
            #expect(palette.appearance(of: Style(.bad)).foreground == 1)
            #expect(palette.appearance(of: Style(.normal)) == Palette.Appearance())
        }
    }

    @Test func usesNoColourWhereThereIsNone() {
        for role in Style.Role.allCases {
            #expect(Palette(colors: 0).appearance(of: Style(role)).foreground == nil)
        }
        #expect(Palette(colors: 0).appearance(of: Style(.bad)).bold)
    }

    @Test func neverDimsWhatIsReversedOrBold() {
        for colors in [0, 8, 256] {
            for role in Style.Role.allCases {
                let reversed = Palette(colors: colors).appearance(of: Style(role, reversed: true, dimmed: true))
                #expect(reversed.reversed && !reversed.dimmed)
                #expect(!Palette(colors: colors).appearance(of: Style(role, bold: true, dimmed: true)).dimmed)
            }
        }
    }

    @Test func takesTheColourFromWhatIsOld() {
        #expect(
            Palette(colors: 256).appearance(of: Style(.bad, dimmed: true))
                == Palette.Appearance(foreground: nil, dimmed: true))
    }
}
