import MQTT
import TestSupport
import Testing

/// Filters against topics, every one of a small world, as somebody else would decide it.
struct TopicFilterTests {
    // covers: MQTT-4.7.0-1 (5.0), MQTT-4.7.1-1 (5.0), MQTT-4.7.1-2 (5.0)
    // covers: MQTT-4.7.1-1 (3.1.1), MQTT-4.7.1-2 (3.1.1), MQTT-4.7.1-3 (3.1.1)
    @Test func acceptsExactlyTheFiltersThatAreOnes() {
        for bytes in words(over: "a/+#$", upTo: 6) {
            let accepted = (try? TopicFilter(validating: bytes)) != nil
            if accepted != naivelyAFilter(bytes) { Issue.record("\(String(decoding: bytes, as: UTF8.self))") }
            let topic = (try? TopicName(validating: bytes)) != nil
            if topic == bytes.contains(where: { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "#") }) {
                Issue.record("\(String(decoding: bytes, as: UTF8.self)) is a topic: \(topic)")
            }
        }
    }

    // covers: MQTT-3.3.2-3 (5.0), MQTT-4.7.2-1 (5.0), MQTT-3.3.2-3 (3.1.1), MQTT-4.7.2-1 (3.1.1)
    @Test func matchesExactlyWhatTheRulesSay() {
        let filters = words(over: "a/+#$", upTo: 5).compactMap { try? TopicFilter(validating: $0) }
        let topics = words(over: "a/$", upTo: 4).compactMap { try? TopicName(validating: $0) }
        #expect(filters.count > 400 && topics.count == 120)
        for filter in filters {
            for topic in topics where filter.matches(topic) != naivelyMatches(filter.bytes, topic.bytes) {
                Issue.record(
                    "\(String(decoding: filter.bytes, as: UTF8.self)) | \(String(decoding: topic.bytes, as: UTF8.self))"
                )
            }
        }
    }

    @Test(arguments: [
        ("sport/tennis/player1/#", "sport/tennis/player1", true),
        ("sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", true),
        ("sport/tennis/+", "sport/tennis/player1/ranking", false), ("sport/+", "sport", false),
        ("sport/+", "sport/", true), ("+/+", "/finance", true), ("/+", "/finance", true), ("+", "/finance", false),
        ("#", "$SYS/monitor", false), ("+/monitor/Clients", "$SYS/monitor/Clients", false),
        ("$SYS/#", "$SYS/monitor", true), ("$SYS/monitor/+", "$SYS/monitor/Clients", true),
        ("a/#", "ab", false), ("a", "a/", false), ("A", "a", false),
    ])
    func matchesTheExamplesOfTheStandard(_ wanted: String, _ given: String, _ expected: Bool) {
        #expect(filter(wanted).matches(topic(given)) == expected)
    }

    /// [T-16] Every share over a small alphabet: a name without wildcards, a slash, a filter.
    // covers: MQTT-4.8.2-1 (5.0), MQTT-4.8.2-2 (5.0)
    @Test func acceptsExactlyTheSharesThatAreOnes() {
        for word in words(over: "a/+#$", upTo: 5) {
            let levels = levels(word)
            let pattern = Array(levels.dropFirst().joined(separator: "/").utf8)
            let name = levels.first ?? ""
            let expected =
                levels.count > 1 && !name.isEmpty && !name.contains { "+#".contains($0) } && !pattern.isEmpty
                && naivelyAFilter(pattern)
            let accepted = (try? TopicFilter(validating: bytes("$share/") + word)) != nil
            if accepted != expected { Issue.record("$share/\(String(decoding: word, as: UTF8.self))") }
        }
        #expect(TopicFilter("$share") != nil, "without the slash it is a filter like others")
        #expect(TopicFilter("$share/") == nil)
    }

    @Test func knowsTheGroupAndThePatternOfAShare() {
        let shared = filter("$share/workers/a/+/#")
        #expect(shared.share == bytes("workers"))
        #expect(shared.pattern == bytes("a/+/#"))
        #expect(shared.matches(topic("a/b")))
        #expect(filter("$shared/workers/a").share == nil)
        #expect(filter("a/$share/b").share == nil)
        #expect(filter("$share/$g//").pattern == bytes("/"))
    }

    private func words(over alphabet: String, upTo length: Int) -> [[UInt8]] {
        var all: [[UInt8]] = []
        var longest: [[UInt8]] = [[]]
        for _ in 0..<length {
            longest = longest.flatMap { word in alphabet.utf8.map { word + [$0] } }
            all += longest
        }
        return all
    }

    /// The rules of section 4.7.1, character by character.
    private func naivelyAFilter(_ filter: [UInt8]) -> Bool {
        let levels = String(decoding: filter, as: Unicode.ASCII.self).split(
            separator: "/", omittingEmptySubsequences: false)
        return levels.enumerated().allSatisfy { place, level in
            level == "+" || (level == "#" && place == levels.count - 1) || !level.contains { "+#".contains($0) }
        }
    }

    /// Recursive, from the text of the standard: `#` takes the rest and its parent, `+` one level.
    private func naivelyMatches(_ filter: [UInt8], _ topic: [UInt8]) -> Bool {
        func match(_ filter: ArraySlice<Substring>, _ topic: ArraySlice<Substring>) -> Bool {
            guard let first = filter.first else { return topic.isEmpty }
            if first == "#" { return true }
            guard let name = topic.first, first == "+" || first == name else { return false }
            return match(filter.dropFirst(), topic.dropFirst())
        }
        if topic.first == UInt8(ascii: "$"), filter.first != UInt8(ascii: "$") { return false }
        return match(levels(filter)[...], levels(topic)[...])
    }

    private func levels(_ name: [UInt8]) -> [Substring] {
        String(decoding: name, as: Unicode.ASCII.self).split(separator: "/", omittingEmptySubsequences: false)
    }
}
