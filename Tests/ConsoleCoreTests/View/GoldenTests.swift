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
