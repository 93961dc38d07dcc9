/// What the standard says, written down once more by definition: slow, recursive, and nothing of it taken from the
/// code it is compared with.
enum Naive {
    /// A variable byte integer (section 1.5.5): its value and length; nil if it is none, or not whole.
    static func variableByteInteger(_ bytes: ArraySlice<UInt8>) -> (value: Int, length: Int)? {
        var value = 0
        var factor = 1
        for (place, byte) in bytes.prefix(4).enumerated() {
            value += Int(byte % 128) * factor
            factor *= 128
            if byte < 128 {
                // The shortest form is the only one.
                return place > 0 && byte == 0 ? nil : (value, place + 1)
            }
        }
        return nil
    }

    /// A number as a variable byte integer.
    static func variableByteInteger(_ value: Int) -> [UInt8] {
        value < 128 ? [UInt8(value)] : [UInt8(value % 128) + 128] + variableByteInteger(value / 128)
    }

    /// UTF-8 (section 1.5.4), by the standard library's own validation.
    static func isText(_ bytes: [UInt8]) -> Bool {
        !bytes.contains(0) && String(validating: bytes, as: UTF8.self) != nil
    }

    /// A topic name (section 4.7).
    static func isTopic(_ bytes: [UInt8]) -> Bool {
        !bytes.isEmpty && bytes.count < 65_536 && isText(bytes) && !bytes.contains(0x2B) && !bytes.contains(0x23)
    }

    /// A topic filter (section 4.7), shared (section 4.8.2) or not.
    static func isFilter(_ bytes: [UInt8]) -> Bool {
        guard !bytes.isEmpty, bytes.count < 65_536, isText(bytes) else { return false }
        let parts = levels(bytes)
        guard parts[0] == Array("$share".utf8), parts.count > 1 else { return isPattern(parts) }
        let name = parts[1]
        guard parts.count > 2, !name.isEmpty, !name.contains(0x2B), !name.contains(0x23) else { return false }
        // After the name there is a filter of at least one character.
        return !(parts.count == 3 && parts[2].isEmpty) && isPattern(Array(parts[2...]))
    }

    /// The group and the levels that are matched.
    static func parted(_ filter: [UInt8]) -> (group: [UInt8]?, levels: [[UInt8]]) {
        let parts = levels(filter)
        return parts[0] == Array("$share".utf8) && parts.count > 2 ? (parts[1], Array(parts[2...])) : (nil, parts)
    }

    static func matches(_ filter: [UInt8], _ topic: [UInt8]) -> Bool {
        let wanted = parted(filter).levels
        if topic.first == 0x24, wanted[0] == [0x2B] || wanted[0] == [0x23] { return false }
        return matches(wanted[...], levels(topic)[...])
    }

    static func levels(_ bytes: [UInt8]) -> [[UInt8]] {
        var levels: [[UInt8]] = [[]]
        for byte in bytes {
            if byte == 0x2F { levels.append([]) } else { levels[levels.count - 1].append(byte) }
        }
        return levels
    }

    private static func isPattern(_ levels: [[UInt8]]) -> Bool {
        for (place, level) in levels.enumerated() {
            if level.contains(0x23), level != [0x23] || place != levels.count - 1 { return false }
            if level.contains(0x2B), level != [0x2B] { return false }
        }
        return true
    }

    private static func matches(_ filter: ArraySlice<[UInt8]>, _ topic: ArraySlice<[UInt8]>) -> Bool {
        guard let wanted = filter.first else { return topic.isEmpty }
        if wanted == [0x23] { return true }
        guard let given = topic.first, wanted == [0x2B] || wanted == given else { return false }
        return matches(filter.dropFirst(), topic.dropFirst())
    }
}
