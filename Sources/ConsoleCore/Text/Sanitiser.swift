/// Turns text from outside into what a terminal shows and cannot be moved, coloured or fooled by. (T-31)
///
/// Whatever would not be seen, or would change how its neighbours are seen, is written out: `\x1b`, `\u{202e}`.
enum Sanitiser {
    /// More marks on one character would climb into the lines above.
    static let combiningMarks = 2

    /// The cells of a text: one character each, an empty cell after a wide one.
    static func cells(of text: String) -> [String] {
        var cells: [String] = []
        cells.reserveCapacity(text.utf8.count)
        var marks = 0
        var base: Int?
        for scalar in text.unicodeScalars {
            if scalar.value >= 0x20, scalar.value < 0x7F {
                base = cells.count
                marks = 0
                cells.append(ASCII.text[Int(scalar.value)])
                continue
            }
            let width = isVisible(scalar) ? CharacterWidth.of(scalar) : -1
            if width == 0, let base, marks < combiningMarks {
                cells[base].unicodeScalars.append(scalar)
                marks += 1
            } else if width > 0 {
                base = cells.count
                marks = 0
                cells.append(String(Character(scalar)))
                if width == 2 { cells.append("") }
            } else {
                base = nil
                for byte in written(scalar).utf8 { cells.append(ASCII.text[Int(byte)]) }
            }
        }
        return cells
    }

    /// Whether a character may stand on the screen as it is.
    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        let properties = scalar.properties
        // Zero width characters, bidirectional marks, tags and variation selectors among them.
        if properties.isDefaultIgnorableCodePoint || properties.isBidiControl { return false }
        // Conjoining jamo join, or do not, as the terminal likes.
        if (0x1160...0x11FF).contains(scalar.value) || (0xD7B0...0xD7FF).contains(scalar.value) { return false }
        switch properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator:
            return false
        case .spaceSeparator:
            // Any other than the plain space could pass for it.
            return false
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
            .spacingMark, .enclosingMark, .decimalNumber, .letterNumber, .otherNumber, .connectorPunctuation,
            .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation, .finalPunctuation,
            .otherPunctuation, .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol:
            return true
        @unknown default:
            return false
        }
    }

    private static func written(_ scalar: Unicode.Scalar) -> String {
        let hex = String(scalar.value, radix: 16)
        if scalar.value < 0x100 { return "\\x" + (hex.utf8.count < 2 ? "0" : "") + hex }
        return "\\u{\(hex)}"
    }
}

/// The 128 ASCII characters as texts, so that a cell costs no allocation.
enum ASCII {
    static let text: [String] = (0..<128).map { String(Character(Unicode.Scalar(UInt8($0)))) }
}
