import MQTT

/// Who subscribed to what, level by level.
///
/// Nodes stand in one array and know each other by place: nothing recurses, however deep a filter is. [T-07]
struct SubscriptionTree {
    private struct Node {
        var parent: Int
        var level: [UInt8]
        var children = 0
        /// The child for `+`; -1 without one.
        var plus = -1
        /// Whose filter ends here.
        var here: [SubscriptionEntry] = []
        /// Whose filter ends with `#` below here; that matches this node too.
        var below: [SubscriptionEntry] = []
        var groupsHere: [ShareGroup] = []
        var groupsBelow: [ShareGroup] = []

        var weight: Int { Broker.Footprint.level &+ level.count }

        var isEmpty: Bool {
            children == 0 && here.isEmpty && below.isEmpty && groupsHere.isEmpty && groupsBelow.isEmpty
        }
    }

    private struct Edge: Hashable {
        let parent: Int
        let level: [UInt8]

        func hash(into hasher: inout Hasher) {
            hasher.combine(parent)
            hasher.combine(name: level)
        }
    }

    private var nodes = [Node(parent: -1, level: [])]
    private var edges: [Edge: Int] = [:]
    private var free: [Int] = []
    /// Grows with every change: what was found is good until then.
    private(set) var version: UInt64 = 1
    /// Subscriptions, and those of them that are shared.
    private(set) var count = 0
    private(set) var sharedCount = 0

    /// What the levels of their filters take in memory: a deep filter takes a place for each. [T-07, T-70]
    private(set) var weight = 0

    mutating func insert(_ entry: SubscriptionEntry) {
        version &+= 1
        count += 1
        if entry.filter.isShared { sharedCount += 1 }
        let (place, isBelow) = node(for: entry.filter)
        guard let share = entry.filter.share else {
            if isBelow { nodes[place].below.append(entry) } else { nodes[place].here.append(entry) }
            return
        }
        let groups = isBelow ? nodes[place].groupsBelow : nodes[place].groupsHere
        if let group = groups.first(where: { $0.name == share }) {
            group.members.append(entry)
            return
        }
        let group = ShareGroup(name: share)
        group.members.append(entry)
        if isBelow { nodes[place].groupsBelow.append(group) } else { nodes[place].groupsHere.append(group) }
    }

    mutating func remove(_ entry: SubscriptionEntry) {
        version &+= 1
        guard let (place, isBelow) = find(entry.filter) else { return }
        count -= 1
        if entry.filter.isShared { sharedCount -= 1 }
        if let share = entry.filter.share {
            let groups = isBelow ? nodes[place].groupsBelow : nodes[place].groupsHere
            guard let group = groups.first(where: { $0.name == share }) else { return }
            group.members.removeAll { $0 === entry }
            if group.members.isEmpty {
                nodes[place].groupsBelow.removeAll { $0 === group }
                nodes[place].groupsHere.removeAll { $0 === group }
            }
        } else if isBelow {
            nodes[place].below.removeAll { $0 === entry }
        } else {
            nodes[place].here.removeAll { $0 === entry }
        }
        prune(place)
    }

    /// Something else than the tree changed what a search would find.
    mutating func touch() {
        version &+= 1
    }

    /// Everybody whose filter matches `topic`.
    func match(_ topic: [UInt8]) -> (entries: [SubscriptionEntry], groups: [ShareGroup]) {
        var entries: [SubscriptionEntry] = []
        var groups: [ShareGroup] = []
        var places = [0]
        var isFirst = true
        for level in topic.levels {
            // Wildcards in front do not match topics that begin with `$`. [MQTT-4.7.2-1]
            let isHidden = isFirst && topic.first == .dollar
            var next: [Int] = []
            for place in places {
                if !isHidden {
                    entries += nodes[place].below
                    groups += nodes[place].groupsBelow
                    if nodes[place].plus >= 0 { next.append(nodes[place].plus) }
                }
                if let child = edges[Edge(parent: place, level: Array(level))] { next.append(child) }
            }
            places = next
            isFirst = false
        }
        for place in places {
            entries += nodes[place].here
            entries += nodes[place].below
            groups += nodes[place].groupsHere
            groups += nodes[place].groupsBelow
        }
        return (entries, groups)
    }

    /// Whether anybody subscribed to something whose first level is `level` itself.
    func holds(_ level: [UInt8]) -> Bool { edges[Edge(parent: 0, level: level)] != nil }

    /// How many nodes there are, for tests: what is removed leaves nothing behind. [T-44]
    var size: Int { nodes.count - free.count }

    private mutating func node(for filter: TopicFilter) -> (place: Int, isBelow: Bool) {
        var place = 0
        for level in filter.levels {
            if level.elementsEqual([.hash]) { return (place, true) }
            place = child(of: place, Array(level))
        }
        return (place, false)
    }

    private mutating func child(of parent: Int, _ level: [UInt8]) -> Int {
        let isPlus = level == [.plus]
        if isPlus, nodes[parent].plus >= 0 { return nodes[parent].plus }
        if !isPlus, let known = edges[Edge(parent: parent, level: level)] { return known }
        let node = Node(parent: parent, level: level)
        weight += node.weight
        let place: Int
        if let reused = free.popLast() {
            place = reused
            nodes[place] = node
        } else {
            place = nodes.count
            nodes.append(node)
        }
        nodes[parent].children += 1
        if isPlus { nodes[parent].plus = place } else { edges[Edge(parent: parent, level: level)] = place }
        return place
    }

    private func find(_ filter: TopicFilter) -> (place: Int, isBelow: Bool)? {
        var place = 0
        for level in filter.levels {
            if level.elementsEqual([.hash]) { return (place, true) }
            if level.elementsEqual([.plus]) {
                guard nodes[place].plus >= 0 else { return nil }
                place = nodes[place].plus
            } else {
                guard let child = edges[Edge(parent: place, level: Array(level))] else { return nil }
                place = child
            }
        }
        return (place, false)
    }

    private mutating func prune(_ start: Int) {
        var place = start
        while place != 0, nodes[place].isEmpty {
            let parent = nodes[place].parent
            if nodes[place].level == [.plus] {
                nodes[parent].plus = -1
            } else {
                edges[Edge(parent: parent, level: nodes[place].level)] = nil
            }
            nodes[parent].children -= 1
            weight -= nodes[place].weight
            nodes[place] = Node(parent: -1, level: [])
            free.append(place)
            place = parent
        }
    }
}
