import AdminProtocol
import ConsoleCore
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Pictures compared as text, with files of their own: `SIGNALBOX_GOLDEN=update swift test` writes them anew.
enum Golden {
    static func path(_ name: String, _ here: String = #filePath) -> String {
        var parts = here.split(separator: "/", omittingEmptySubsequences: false)
        parts.removeLast(2)
        return parts.joined(separator: "/") + "/Golden/" + name + ".txt"
    }

    static var updates: Bool { getenv("SIGNALBOX_GOLDEN").map { String(cString: $0) == "update" } ?? false }

    static func read(_ name: String) -> String? {
        guard let file = fopen(path(name), "r") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            if count == 0 { break }
            bytes += buffer.prefix(count)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func write(_ text: String, _ name: String) {
        guard let file = fopen(path(name), "w") else { return }
        defer { fclose(file) }
        let bytes = Array(text.utf8)
        fwrite(bytes, 1, bytes.count, file)
    }

    static func expect(_ frame: Frame, is name: String, _ location: SourceLocation = #_sourceLocation) {
        let text = frame.text + "\n"
        if updates {
            write(text, name)
        } else {
            #expect(text == read(name), "the picture of \(name) has changed", sourceLocation: location)
        }
        #expect(isWhole(frame), "\(name) has a broken cell", sourceLocation: location)
    }

    /// As many cells as the size says, one character in each, no wide character cut.
    static func isWhole(_ frame: Frame) -> Bool {
        guard frame.cells.count == frame.size.columns * frame.size.rows else { return false }
        for (place, cell) in frame.cells.enumerated() {
            let column = place % frame.size.columns
            if cell.text.isEmpty, column == 0 || frame.cells[place - 1].text.isEmpty { return false }
            if cell.text.unicodeScalars.contains(where: { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) }) {
                return false
            }
        }
        return true
    }
}

@Suite struct GoldenTests {
    static let sizes = [(80, 24), (120, 40), (200, 60)]
    static let views: [(String, [Key])] = [
        ("overview", []), ("pools", [.character("2")]), ("workers", [.character("3")]),
        ("worker", [.character("3"), .enter]), ("topics", [.character("4")]), ("denied", [.character("6")]),
        ("events", [.character("7")]), ("log", [.character("8")]), ("help", [.character("?")]),
        ("kick", [.character("3"), .character("K")]), ("level", [.character("3"), .character("L")]),
    ]

    @Test(arguments: views, sizes) func showsEveryViewAtEverySize(_ view: (String, [Key]), _ size: (Int, Int)) throws {
        var desk = try Desk.live(size.0, size.1)
        for key in view.1 { try desk.press(key) }
        Golden.expect(desk.frame(), is: "\(view.0)-\(size.0)x\(size.1)")
    }
}

extension GoldenTests {
    @Test func showsTheASCIISetInFull() throws {
        var desk = try Desk.live()
        for (name, keys) in Self.views.prefix(3) {
            for key in keys { try desk.press(key) }
            let frame = desk.frame(unicode: false)
            #expect(frame.text.utf8.allSatisfy { $0 < 0x80 })
            Golden.expect(frame, is: "\(name)-ascii-80x24")
        }
        try desk.press(.character("K"))
        Golden.expect(desk.frame(unicode: false), is: "kick-ascii-80x24")
    }

    @Test(arguments: sizes) func showsTheLastPictureWhileOffline(_ size: (Int, Int)) throws {
        var desk = try Desk.live(size.0, size.1)
        try desk.press(.character("3"))
        try desk.tell(.linkDown(reason: "connection refused", attempt: 4, retryIn: 20_000))
        try desk.pass(17_000)
        Golden.expect(desk.frame(), is: "offline-\(size.0)x\(size.1)")
    }

    @Test func showsAFrozenPicture() throws {
        var desk = try Desk.live()
        try desk.press(.character("3"), .character("z"))
        try desk.pass(9000)
        Golden.expect(desk.frame(), is: "frozen-80x24")
    }

    @Test(arguments: views.prefix(8)) func showsABrokerWithoutAnything(_ view: (String, [Key])) throws {
        var desk = try Desk.live { desk in
            desk.pools = []
            desk.workers = []
            desk.events = []
            desk.denials = []
            desk.topics = []
            desk.log = []
            desk.overview = Overview(
                now: World.now, startedAt: World.now, queue: .init(store: "sqlite"),
                levels: LogLevels(level: .info, configured: .info), sample: Sample(at: World.now))
            desk.hello.environment = ""
            desk.hello.open = "127.0.0.1:1883"
        }
        for key in view.1 { try desk.press(key) }
        Golden.expect(desk.frame(), is: "empty-\(view.0)-80x24")
    }

    @Test func showsWhatIsLeftOnASmallTerminal() throws {
        for (columns, rows) in [(50, 12), (60, 16), (20, 5), (1, 1)] {
            var desk = try Desk.live(columns, rows)
            Golden.expect(desk.frame(), is: "overview-\(columns)x\(rows)")
            try desk.press(.character("3"))
            Golden.expect(desk.frame(), is: "workers-\(columns)x\(rows)")
        }
    }

    @Test func showsThatItIsNotConnectedYet() {
        Golden.expect(Desk().frame(), is: "connecting-80x24")
    }
}
