/// What a key can mean outside of a dialog.
enum Action: Hashable, Sendable {
    case up
    case down
    case pageUp
    case pageDown
    case halfUp
    case halfDown
    case first
    case last
    case open
    case back
    case close
    case view(Int)
    case lastView
    case nextPanel
    case previousPanel
    case filter
    case sortPrevious
    case sortNext
    case invert
    case freeze
    case copy
    case retry
    case kick
    case level
    case help
    case redraw
    case suspend
    case quit

    /// Whether it opens the way to changing the broker.
    var acts: Bool { self == .kick || self == .level }
}

/// The one table of keys: bindings, hint line and help are made of it, so that they cannot disagree.
enum KeyMap {
    enum Section: CaseIterable, Sendable {
        case move
        case find
        case look
        case act
        case app

        var title: DisplayText {
            switch self {
            case .move: "move"
            case .find: "find"
            case .look: "look"
            case .act: "act (RW only; each opens a dialog, Cancel focused)"
            case .app: "app"
            }
        }
    }

    struct Binding: Sendable {
        let action: Action
        let keys: [Key]
        /// As the keys are written.
        let label: DisplayText
        /// One word for the hint line.
        let hint: DisplayText
        let help: DisplayText
        let section: Section

        init(
            _ action: Action, _ keys: [Key], _ label: DisplayText, hint: DisplayText, help: DisplayText,
            _ section: Section
        ) {
            self.action = action
            self.keys = keys
            self.label = label
            self.hint = hint
            self.help = help
            self.section = section
        }
    }

    static let bindings: [Binding] = [
        Binding(.down, [.character("j"), .down], "j Down", hint: "down", help: "next row", .move),
        Binding(.up, [.character("k"), .up], "k Up", hint: "up", help: "row before", .move),
        Binding(.halfDown, [.control("d")], "Ctrl-d", hint: "half down", help: "half a page down", .move),
        Binding(.halfUp, [.control("u")], "Ctrl-u", hint: "half up", help: "half a page up", .move),
        Binding(
            .pageDown, [.pageDown, .control("f"), .character(" ")], "PgDn Space", hint: "page down", help: "page down",
            .move),
        Binding(.pageUp, [.pageUp, .control("b")], "PgUp", hint: "page up", help: "page up", .move),
        Binding(.first, [.character("g"), .home], "g Home", hint: "first", help: "first row", .move),
        Binding(.last, [.character("G"), .end], "G End", hint: "last", help: "last row", .move),
        Binding(.open, [.enter, .right, .character("l")], "Enter", hint: "open", help: "open the row", .move),
        Binding(.back, [.escape, .left, .character("h")], "Esc", hint: "back", help: "back", .move),
        Binding(.close, [.character("q")], "q", hint: "quit", help: "back; at the root quit", .move),
        Binding(.lastView, [.character("-")], "-", hint: "last view", help: "last view", .move),
        Binding(.nextPanel, [.tab], "Tab", hint: "next panel", help: "next panel (Overview)", .move),
        Binding(.previousPanel, [.backTab], "Shift-Tab", hint: "panel before", help: "panel before", .move),
        Binding(.filter, [.character("/")], "/", hint: "filter", help: "filter, in the broker", .find),
        Binding(.sortNext, [.character(">"), .character(".")], ">", hint: "sort", help: "sort by next column", .find),
        Binding(
            .sortPrevious, [.character("<"), .character(",")], "<", hint: "sort", help: "by the column before", .find),
        Binding(.invert, [.character("I")], "I", hint: "invert", help: "turn the order round", .find),
        Binding(.freeze, [.character("z"), .character("Z")], "z", hint: "freeze", help: "freeze, go on", .look),
        Binding(.copy, [.character("y")], "y", hint: "copy id", help: "copy the id (OSC 52)", .look),
        Binding(.kick, [.character("K")], "K", hint: "kick", help: "cut a worker's connection", .act),
        Binding(.level, [.character("L")], "L", hint: "level", help: "log level, with an end", .act),
        Binding(.help, [.character("?"), .function(1)], "?", hint: "help", help: "this page (also F1)", .app),
        Binding(.retry, [.character("r"), .control("r")], "r", hint: "retry", help: "retry, load anew", .app),
        Binding(.redraw, [.control("l")], "Ctrl-l", hint: "redraw", help: "draw anew", .app),
        Binding(.suspend, [.control("z")], "Ctrl-z", hint: "suspend", help: "suspend", .app),
        Binding(.quit, [.character("Q")], "Q", hint: "quit", help: "quit (Ctrl-c twice)", .app),
    ]

    private static let actions: [Key: Action] = {
        var actions: [Key: Action] = [:]
        for binding in bindings {
            for key in binding.keys { actions[key] = binding.action }
        }
        for number in 0...9 {
            guard let digit = Unicode.Scalar(UInt32(0x30 + number)) else { continue }
            actions[.character(digit)] = .view(number)
        }
        return actions
    }()

    static func action(for key: Key) -> Action? { actions[key] }

    static func binding(of action: Action) -> Binding? { bindings.first { $0.action == action } }
}
