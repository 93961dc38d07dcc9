import ConsoleCore
@testable import Terminal

extension FuzzTarget {
    /// What a terminal reports, on its way to keys: a piece of an escape sequence must not become a command. [T-82]
    static let keys = FuzzTarget(name: "keys") { input in
        var script = Script(input)
        var decoder = KeyDecoder()
        var isPasting = false
        while !script.isAtEnd {
            let report = script.report()
            let keys = decoder.decode(report)
            law(keys.count <= 2, "one report makes \(keys.count) keys")
            for key in keys { check(key, isPaste: isPasting, report) }
            if isPasting, report != .pasteEnd { law(keys.isEmpty, "what is pasted is a key: \(keys)") }
            switch report {
            case .pasteBegin: isPasting = true
            case .pasteEnd: isPasting = false
            case .scalar, .key, .unknown: break
            }
            law(decoder.isPasting == isPasting, "it is pasting: \(decoder.isPasting)")
            guard script.byte() % 16 == 15 else { continue }
            // A moment without keys: an Esc that waited is one, and nothing waits any more.
            law(decoder.rest().allSatisfy { $0 == .escape }, "nothing was typed, and it is a key")
            law(decoder.rest().isEmpty, "one Esc is two")
        }
        let left = decoder.abandonPaste()
        law(left.count == (isPasting ? 1 : 0), "a paste without an end is \(left.count) keys")
        law(!decoder.isPasting, "a paste that is over goes on")
    }

    private static func check(_ key: Key, isPaste: Bool, _ report: KeyDecoder.Report) {
        switch key {
        case .paste(let text):
            law(isPaste && report == .pasteEnd, "a paste out of nothing")
            law(text.unicodeScalars.count <= KeyDecoder.longestPaste, "\(text.unicodeScalars.count) were pasted")
        case .character(let scalar):
            law(scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value), "a control character is typed")
        default: break
        }
    }
}

extension Script {
    fileprivate mutating func report() -> KeyDecoder.Report {
        switch byte() {
        case 0...3: .pasteBegin
        case 4...7: .pasteEnd
        case 8...11: .unknown
        case 12...15: .key(one(of: [.enter, .up, .escape, .backspace, .tab]))
        // Any number at all: what a terminal or a wire may come to.
        case 16...23: .scalar(UInt32(uint16()) << 16 | UInt32(uint16()))
        case 24...63: .scalar(one(of: [0x1B, 0x5B, 0x4F, 0x3B, 0x7E, 0x9B]))
        case let plain: .scalar(UInt32(plain))
        }
    }
}
