import MQTT

/// The messages kept for topics, level by level, so that a filter finds them without looking at each.
struct RetainedTree {
    private struct Node {
        var parent: Int
        var level: [UInt8]
        var children: [[UInt8]: Int] = [:]
        var message: Message?

        var weight: Int { Broker.Footprint.level &+ level.count }
    }

    private var nodes = [Node(parent: -1, level: [])]
    private var free: [Int] = []
    private(set) var count = 0
    /// What the messages weigh together.
    private(set) var bytes = 0
    /// What the levels of their topics take in memory: a deep topic takes a place for each. [T-07, T-70]
    private(set) var weight = 0
    /// The place at which the last search for expired messages stopped, and when the next may be.
    private var searched = 0
    private var nextSearch = Int64.min

    /// Keeps `message` in the place of the one before; nil takes that away. [MQTT-3.3.1-5, MQTT-3.3.1-6]
    mutating func keep(_ message: Message?, for topic: [UInt8]) {
        guard let message else {
            if let place = find(topic) { clear(place) }
            return
        }
        let place = make(topic)
        if nodes[place].message == nil { count += 1 }
        bytes += message.weight - (nodes[place].message?.weight ?? 0)
        nodes[place].message = message
    }

    /// The message kept for a topic, expired or not.
    func message(for topic: [UInt8]) -> Message? {
        find(topic).flatMap { nodes[$0].message }
    }

    func holds(_ topic: [UInt8]) -> Bool { message(for: topic) != nil }

    /// Lets go of messages that have expired: looks at `most` places, at most once a second, and goes on there the next
    /// time, so that it costs little whoever asks how often.
    mutating func forgetExpired(among most: Int, at now: Moment) {
        guard now.nanoseconds >= nextSearch else { return }
        nextSearch = now.nanoseconds + 1_000_000_000
        for _ in 0..<min(most, nodes.count) {
            searched = (searched + 1) % nodes.count
            if nodes[searched].message?.isExpired(at: now) == true { clear(searched) }
        }
    }

    /// The messages whose topics match, in the order of their names; expired ones are let go.
    mutating func matching(_ filter: TopicFilter, at now: Moment) -> [Message] {
        let levels = filter.levels
        var found: [Int] = []
        var open: [(place: Int, depth: Int)] = [(0, 0)]
        while let (place, depth) = open.popLast() {
            guard depth < levels.count else {
                if nodes[place].message != nil { found.append(place) }
                continue
            }
            let level = levels[depth]
            if level.elementsEqual([.hash]) {
                if nodes[place].message != nil { found.append(place) }
                for child in visible(of: place) { open.append((child, depth)) }
            } else if level.elementsEqual([.plus]) {
                for child in visible(of: place) { open.append((child, depth + 1)) }
            } else if let child = nodes[place].children[Array(level)] {
                open.append((child, depth + 1))
            }
        }
        var messages: [Message] = []
        for place in found {
            guard let message = nodes[place].message else { continue }
            if message.isExpired(at: now) { clear(place) } else { messages.append(message) }
        }
        return messages.sorted { $0.topic.name.lexicographicallyPrecedes($1.topic.name) }
    }

    /// The children a wildcard may look at. [MQTT-4.7.2-1]
    private func visible(of place: Int) -> [Int] {
        nodes[place].children.compactMap { place == 0 && $0.key.first == .dollar ? nil : $0.value }
    }

    private func find(_ topic: [UInt8]) -> Int? {
        var place = 0
        for level in topic.levels {
            guard let child = nodes[place].children[Array(level)] else { return nil }
            place = child
        }
        return place
    }

    private mutating func make(_ topic: [UInt8]) -> Int {
        var place = 0
        for level in topic.levels {
            let name = Array(level)
            if let child = nodes[place].children[name] {
                place = child
                continue
            }
            let node = Node(parent: place, level: name)
            weight += node.weight
            let child: Int
            if let reused = free.popLast() {
                child = reused
                nodes[child] = node
            } else {
                child = nodes.count
                nodes.append(node)
            }
            nodes[place].children[name] = child
            place = child
        }
        return place
    }

    private mutating func clear(_ start: Int) {
        if let message = nodes[start].message {
            count -= 1
            bytes -= message.weight
        }
        nodes[start].message = nil
        var place = start
        while place != 0, nodes[place].message == nil, nodes[place].children.isEmpty {
            let parent = nodes[place].parent
            nodes[parent].children[nodes[place].level] = nil
            weight -= nodes[place].weight
            nodes[place] = Node(parent: -1, level: [])
            free.append(place)
            place = parent
        }
    }
}
