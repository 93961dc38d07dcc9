import CTerminal
import ConsoleCore

#if canImport(Glibc)
    import Glibc
#endif

/// The operator's terminal while it is ours: frames go out, keys come in.
///
/// It belongs to the main thread. However the process ends, the terminal is given back: by `close`, at exit, and by a
/// handler of fatal signals (T-84).
package final class TerminalScreen {
    package let capabilities: Capabilities
    private let palette: Palette
    private var decoder = KeyDecoder()
    private var last: Frame?
    private var run: [UInt32] = []

    /// Takes the terminal over.
    package init(_ environment: TerminalEnvironment) throws(TerminalEnvironment.Refusal) {
        try Self.check(environment)
        let unicode = Self.localeIsUnicode && !environment.ascii
        guard ct_open(environment.colors, environment.mayBracketFrames) else {
            throw TerminalEnvironment.Refusal(
                description: "the terminal TERM=\(environment.name) cannot be opened; \(environment.instead)")
        }
        capabilities = Capabilities(unicode: unicode)
        palette = Palette(colors: Int(ct_colors()))
    }

    /// Refuses as taking the terminal over would, and leaves it alone: for whoever has much to do before the first picture.
    package static func check(_ environment: TerminalEnvironment) throws(TerminalEnvironment.Refusal) {
        guard ct_is_terminal(STDIN_FILENO), ct_is_terminal(STDOUT_FILENO) else {
            throw TerminalEnvironment.Refusal(
                description: "the console needs a terminal on standard input and output; \(environment.instead)")
        }
        guard ct_knows_terminal() else {
            throw TerminalEnvironment.Refusal(
                description: "TERM=\(environment.name) is not in this system's terminfo; set TERM to one that is, "
                    + "such as xterm-256color")
        }
    }

    /// Whether the locale can show more than ASCII.
    package static var localeIsUnicode: Bool { ct_locale_is_utf8() }

    deinit {
        ct_close()
    }

    /// Gives the terminal back.
    package func close() {
        ct_close()
    }

    /// The terminal's extent now.
    package var size: Size {
        var columns: Int32 = 0
        var rows: Int32 = 0
        ct_size(&columns, &rows)
        return Size(columns: Int(columns), rows: Int(rows))
    }

    /// Gives the terminal back, stops until `fg`, and takes it over again.
    package func suspend() {
        ct_suspend()
        last = nil
    }

    /// Takes the terminal over again after somebody else had it.
    package func resume() {
        ct_resume()
        last = nil
    }

    /// Draws everything anew with the next frame.
    package func forget() {
        ct_forget()
        last = nil
    }

    /// Puts text into the clipboard of the operator's terminal (OSC 52).
    package func copy(_ text: String) {
        let bytes = Array("\u{1B}]52;c;\(Base64.encode(text.utf8.prefix(8192)))\u{07}".utf8)
        bytes.withUnsafeBufferPointer { ct_send($0.baseAddress, $0.count) }
    }
}

// MARK: - Frames out

extension TerminalScreen {
    /// Draws a frame; ncurses sends what differs from the one before, and nothing if nothing does.
    package func draw(_ frame: Frame) {
        guard frame != last else { return }
        let comparable = last?.size == frame.size
        for row in 0..<frame.size.rows {
            if comparable, let last, Self.row(row, of: frame) == Self.row(row, of: last) { continue }
            draw(row: row, of: frame)
        }
        ct_show(Int32(clamping: frame.cursor?.column ?? -1), Int32(clamping: frame.cursor?.row ?? -1))
        last = frame
    }

    private static func row(_ row: Int, of frame: Frame) -> ArraySlice<Cell> {
        let start = min(row * frame.size.columns, frame.cells.count)
        let end = min(start + frame.size.columns, frame.cells.count)
        return frame.cells[start..<end]
    }

    /// Runs of one style go out together; what is not surely one column wide is placed by itself, so that a terminal's
    /// idea of a character's width cannot shift the rest of the row.
    private func draw(row: Int, of frame: Frame) {
        let cells = Self.row(row, of: frame)
        var start = 0
        var style = cells.first?.style ?? Style()
        run.removeAll(keepingCapacity: true)
        for (column, cell) in cells.enumerated() {
            if cell.text.isEmpty {
                flush(start, row, style)
                start = column + 1
                style = cell.style
                continue
            }
            if cell.style != style {
                flush(start, row, style)
                start = column
                style = cell.style
            }
            if let scalar = Self.plain(cell.text, unicode: capabilities.unicode) {
                run.append(scalar)
                continue
            }
            flush(start, row, style)
            let index = cells.startIndex + column + 1
            let wide = index < cells.endIndex && cells[index].text.isEmpty
            run.append(contentsOf: Self.shown(cell.text, columns: wide ? 2 : 1, unicode: capabilities.unicode))
            flush(column, row, style)
            start = column + 1
        }
        flush(start, row, style)
    }

    private func flush(_ column: Int, _ row: Int, _ style: Style) {
        guard !run.isEmpty else { return }
        let appearance = palette.appearance(of: style)
        run.withUnsafeBufferPointer { scalars in
            ct_put(
                Int32(clamping: column), Int32(clamping: row), scalars.baseAddress, Int32(clamping: scalars.count),
                Int32(clamping: appearance.foreground ?? -1), appearance.attributes)
        }
        run.removeAll(keepingCapacity: true)
    }

    /// The one scalar of a cell that every terminal shows in one column: ASCII, rules, boxes, blocks and the ellipsis.
    private static func plain(_ text: String, unicode: Bool) -> UInt32? {
        if text.utf8.count == 1, let byte = text.utf8.first { return (0x20...0x7E).contains(byte) ? UInt32(byte) : nil }
        guard unicode, text.utf8.count == 3, let scalar = text.unicodeScalars.first else { return nil }
        return (0x2500...0x259F).contains(scalar.value) || scalar == "…" ? scalar.value : nil
    }

    /// What is drawn for any other cell, exactly as wide as the frame says.
    private static func shown(_ text: String, columns: Int, unicode: Bool) -> [UInt32] {
        let scalars = text.unicodeScalars.prefix(3).map(\.value)
        let widths = scalars.map { ct_width($0) }
        let fits =
            unicode && Int(widths.first ?? 0) == columns && widths.dropFirst().allSatisfy { $0 == 0 }
            && scalars.allSatisfy { $0 >= 0x20 && !(0x7F...0x9F).contains($0) }
        if fits { return scalars }
        return Array("?".unicodeScalars.map(\.value) + Array(repeating: 0x20, count: columns - 1))
    }
}

// MARK: - Keys in

extension TerminalScreen {
    /// Whether a paste has begun and its end has not come.
    package var isPasting: Bool { decoder.isPasting }

    /// The keys that have been typed, without waiting.
    package func keys() -> [Key] {
        var keys: [Key] = []
        // A bound, so that a terminal that never stops talking cannot keep the picture from being drawn.
        for _ in 0..<8192 {
            guard let report = Self.nextReport() else { break }
            keys += decoder.decode(report)
        }
        return keys + decoder.rest()
    }

    /// A paste whose end never came is over.
    package func abandonPaste() -> [Key] {
        decoder.abandonPaste()
    }

    private static func nextReport() -> KeyDecoder.Report? {
        var value: UInt32 = 0
        switch Int(ct_next_key(&value)) {
        case CT_CHARACTER: return .scalar(value)
        case CT_KEY: return named(Int(value))
        default: return nil
        }
    }

    private static func named(_ value: Int) -> KeyDecoder.Report {
        switch value {
        case CT_KEY_UP: .key(.up)
        case CT_KEY_DOWN: .key(.down)
        case CT_KEY_LEFT: .key(.left)
        case CT_KEY_RIGHT: .key(.right)
        case CT_KEY_CONTROL_LEFT: .key(.controlLeft)
        case CT_KEY_CONTROL_RIGHT: .key(.controlRight)
        case CT_KEY_PAGE_UP: .key(.pageUp)
        case CT_KEY_PAGE_DOWN: .key(.pageDown)
        case CT_KEY_HOME: .key(.home)
        case CT_KEY_END: .key(.end)
        case CT_KEY_ENTER: .key(.enter)
        case CT_KEY_BACK_TAB: .key(.backTab)
        case CT_KEY_BACKSPACE: .key(.backspace)
        case CT_KEY_DELETE: .key(.delete)
        case CT_KEY_INSERT: .key(.insert)
        case CT_KEY_PASTE_BEGIN: .pasteBegin
        case CT_KEY_PASTE_END: .pasteEnd
        case (CT_KEY_FUNCTION + 1)...(CT_KEY_FUNCTION + 24): .key(.function(value - CT_KEY_FUNCTION))
        default: .unknown
        }
    }
}
