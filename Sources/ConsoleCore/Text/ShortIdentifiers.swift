/// Shows ids by their tail, `..K0ZZ`: workers started together share the head of a ULID, which is a time.
///
/// If two visible tails collide, all of them show more.
struct ShortIdentifiers: Equatable, Sendable {
    static let shortest = 4
    /// Ids that are not ULIDs are shown whole up to this width.
    static let widest = 12

    private let tail: Int

    init(of ids: some Sequence<String> = EmptyCollection()) {
        let ulids = Set(ids.filter(Self.isULID))
        var length = Self.shortest
        while length < 10, Set(ulids.map { $0.suffix(length) }).count < ulids.count { length += 1 }
        tail = length
    }

    /// Of a ULID, with its two points.
    var width: Int { tail + 2 }

    func short(_ id: String) -> DisplayText {
        if Self.isULID(id) { return ".." + DisplayText(String(id.suffix(tail))) }
        let text = DisplayText(id)
        return text.width <= Self.widest ? text : ".." + text.suffix(Self.widest - 2)
    }

    /// A topic or a sentence with every ULID in it shortened.
    func short(in text: String) -> DisplayText {
        var shown = DisplayText.empty
        var word = ""
        var between = ""
        func isOfAWord(_ scalar: Unicode.Scalar) -> Bool {
            switch scalar {
            case "0"..."9", "A"..."Z", "a"..."z": true
            default: false
            }
        }
        func finish() {
            shown += Self.isULID(word) ? short(word) : DisplayText(word)
            word = ""
        }
        // What is between words is sanitised in one piece, so that a mark stays with its character.
        for scalar in text.unicodeScalars {
            if isOfAWord(scalar) {
                if !between.isEmpty {
                    shown += DisplayText(between)
                    between = ""
                }
                word.unicodeScalars.append(scalar)
            } else {
                if Self.isULID(word) {
                    finish()
                } else if !word.isEmpty {
                    between = word
                    word = ""
                }
                between.unicodeScalars.append(scalar)
            }
        }
        if !between.isEmpty { shown += DisplayText(between) }
        finish()
        return shown
    }

    /// 26 characters of Crockford's alphabet.
    static func isULID(_ id: String) -> Bool {
        let bytes = id.utf8
        return bytes.count == 26
            && bytes.allSatisfy { byte in
                switch byte {
                case 0x30...0x39: true
                case 0x41...0x5A: byte != 0x49 && byte != 0x4C && byte != 0x4F && byte != 0x55
                default: false
                }
            }
    }
}
