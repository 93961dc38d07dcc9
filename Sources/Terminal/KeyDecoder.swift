import ConsoleCore

/// Turns what the terminal reports into keys: joins pastes, and lets no piece of an unknown escape sequence pass as a
/// command.
package struct KeyDecoder: Sendable {
    /// One report of the terminal.
    package enum Report: Equatable, Sendable {
        case scalar(UInt32)
        case key(Key)
        case pasteBegin
        case pasteEnd
        /// A key without a name here.
        case unknown
    }

    private enum State {
        case ground
        /// An Esc that may be a key, or the start of a sequence that ncurses does not know.
        case escape
        /// Inside `ESC [ …`, up to its final byte.
        case controlSequence(length: Int)
        /// After `ESC O`: one more.
        case singleShift
        case paste(String.UnicodeScalarView)
    }

    /// Longer than any reason or filter; what is beyond is dropped, for it was pasted by mistake.
    package static let longestPaste = 4096
    private static let longestSequence = 64

    private var state = State.ground

    package init() {}

    /// Whether a paste has begun and not ended.
    package var isPasting: Bool {
        if case .paste = state { return true }
        return false
    }

    /// Takes in one report and answers the keys it completes.
    package mutating func decode(_ report: Report) -> [Key] {
        if case .paste(var text) = state {
            switch report {
            case .pasteEnd:
                state = .ground
                return [.paste(String(text))]
            case .scalar(let value):
                if text.count < Self.longestPaste, let scalar = Unicode.Scalar(value) { text.append(scalar) }
                state = .paste(text)
                return []
            case .key(.enter):
                if text.count < Self.longestPaste { text.append("\n") }
                state = .paste(text)
                return []
            case .key, .pasteBegin, .unknown:
                return []
            }
        }
        switch report {
        case .scalar(let value): return decode(value)
        case .key(let key): return rest() + [key]
        case .pasteBegin:
            let before = rest()
            state = .paste(.init())
            return before
        case .pasteEnd, .unknown: return rest()
        }
    }

    /// Nothing more was typed for the moment: an Esc that waited is a key.
    package mutating func rest() -> [Key] {
        switch state {
        case .escape:
            state = .ground
            return [.escape]
        case .controlSequence, .singleShift:
            state = .ground
            return []
        case .ground, .paste: return []
        }
    }

    /// A paste whose end never came is over.
    package mutating func abandonPaste() -> [Key] {
        guard case .paste(let text) = state else { return [] }
        state = .ground
        return [.paste(String(text))]
    }

    private mutating func decode(_ value: UInt32) -> [Key] {
        switch state {
        case .escape where value == UInt32(ascii: "["):
            state = .controlSequence(length: 0)
            return []
        case .escape where value == UInt32(ascii: "O"):
            state = .singleShift
            return []
        case .escape:
            state = .ground
            return [.escape] + decode(value)
        case .controlSequence(let length):
            let ends = (0x40...0x7E).contains(value) || length >= Self.longestSequence
            state = ends ? .ground : .controlSequence(length: length + 1)
            return []
        case .singleShift:
            state = .ground
            return []
        case .paste: return []
        case .ground: break
        }
        switch value {
        case 0x1B:
            state = .escape
            return []
        case 0x09: return [.tab]
        case 0x0A, 0x0D: return [.enter]
        case 0x08, 0x7F: return [.backspace]
        case 0x00: return [.control(" ")]
        case 0x01...0x1A: return Unicode.Scalar(value + 0x60).map { [.control($0)] } ?? []
        case 0x1C...0x1F: return Unicode.Scalar(value + 0x40).map { [.control($0)] } ?? []
        case 0x80...0x9F: return []
        default: return Unicode.Scalar(value).map { [.character($0)] } ?? []
        }
    }
}

extension UInt32 {
    fileprivate init(ascii scalar: Unicode.Scalar) {
        self = scalar.value
    }
}
