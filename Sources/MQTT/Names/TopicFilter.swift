/// What a client subscribes to: levels, of which some may be `+` and the last `#`, perhaps shared by a group.
package struct TopicFilter: Hashable, Sendable {
    /// As it came, `$share/…` included.
    package let bytes: [UInt8]
    /// The name of the group, for a shared subscription.
    package let share: [UInt8]?
    /// What is matched against topics: all of it, or what follows `$share/group/`.
    package let pattern: [UInt8]

    /// What 5.0 calls the beginning of a share and then finds broken is a name like any other in 3.1.1, which knows no
    /// shares.
    package init(validating bytes: [UInt8], version: ProtocolVersion = .v5) throws(MalformedPacket) {
        guard !bytes.isEmpty else { throw .violation("a filter has at least one character") }
        guard bytes.count <= 65_535 else { throw .malformed("a filter has at most 65,535 bytes") }
        guard UTF8Text.isValid(bytes) else { throw .malformed("a filter is UTF-8 without U+0000") }
        self.bytes = bytes
        do {
            (share, pattern) = try TopicFilter.parted(bytes)
        } catch {
            guard version == .v311 else { throw error }
            (share, pattern) = (nil, bytes)
        }
        try TopicFilter.validate(pattern)
    }

    package init?(_ text: String) {
        do { try self.init(validating: Array(text.utf8)) } catch { return nil }
    }

    package var isShared: Bool { share != nil }

    package static func == (one: TopicFilter, other: TopicFilter) -> Bool { one.bytes == other.bytes }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(name: bytes)
    }

    package var levels: [ArraySlice<UInt8>] { pattern.levels }

    private static let sharePrefix = Array("$share/".utf8)

    /// `$share/group/filter` in its two parts. [MQTT-4.8.2-1, MQTT-4.8.2-2]
    private static func parted(_ bytes: [UInt8]) throws(MalformedPacket) -> (share: [UInt8]?, pattern: [UInt8]) {
        guard bytes.starts(with: sharePrefix) else { return (nil, bytes) }
        let rest = bytes.dropFirst(sharePrefix.count)
        guard let slash = rest.firstIndex(of: .slash) else {
            throw .violation("a shared filter is $share/, a name, a slash and a filter")
        }
        let name = rest[..<slash]
        guard !name.isEmpty, !name.contains(where: { $0 == .plus || $0 == .hash }) else {
            throw .violation("the name of a share is at least one character and no wildcard")
        }
        let pattern = rest[(slash + 1)...]
        guard !pattern.isEmpty else { throw .violation("a shared filter ends with a filter") }
        return (Array(name), Array(pattern))
    }

    /// Wildcards take a whole level, and `#` the last. [MQTT-4.7.1-1, MQTT-4.7.1-2]
    private static func validate(_ pattern: [UInt8]) throws(MalformedPacket) {
        for (place, byte) in pattern.enumerated() where byte == .plus || byte == .hash {
            let opens = place == 0 || pattern[place - 1] == .slash
            let closes = place == pattern.count - 1 || (byte == .plus && pattern[place + 1] == .slash)
            guard opens && closes else { throw .malformed("a wildcard stands alone in its level, and # at the end") }
        }
    }
}

extension TopicFilter {
    /// Whether messages to `topic` are for this filter: the definition, level by level, against which the
    /// subscription tree is tested.
    package func matches(_ topic: TopicName) -> Bool {
        let wanted = levels
        let given = topic.levels
        // Wildcards in front do not match topics that begin with `$`. [MQTT-4.7.2-1]
        if topic.bytes.first == .dollar, let first = pattern.first, first == .plus || first == .hash { return false }
        for (place, level) in wanted.enumerated() {
            if level.elementsEqual([.hash]) { return true }
            guard place < given.count else { return false }
            guard level.elementsEqual([.plus]) || level.elementsEqual(given[place]) else { return false }
        }
        return wanted.count == given.count
    }
}
