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

    /// A topic with the ULIDs in it shortened, level by level.
    func short(topic: String) -> DisplayText {
        var text = DisplayText.empty
        for (place, level) in topic.split(separator: "/", omittingEmptySubsequences: false).enumerated() {
            if place > 0 { text += "/" }
            let level = String(level)
            text += Self.isULID(level) ? short(level) : DisplayText(level)
        }
        return text
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
