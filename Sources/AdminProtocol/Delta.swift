/// What turns one JSON value into another: `a.applying(a.delta(to: b)) == b`.
///
/// Objects are compared by key, arrays of objects that each have an `id` by that id, everything else as a whole. On
/// the wire a value that is no object replaces; `{"set": …}` replaces by an object; `{}` changes nothing.
package indirect enum Delta: Equatable, Sendable {
    case unchanged
    case replaced(JSON)
    case object(removed: [String], changed: [Change], inserted: [Insertion])
    /// The new array as rows that are new and runs of rows of the old one; then changes within rows of the old one.
    case rows([Row], changed: [RowChange])

    package struct Change: Equatable, Sendable {
        package var key: String
        package var delta: Delta

        package init(key: String, delta: Delta) {
            self.key = key
            self.delta = delta
        }
    }

    package struct Insertion: Equatable, Sendable {
        /// The member's place in the new object.
        package var place: Int
        package var member: JSON.Member
    }

    package enum Row: Equatable, Sendable {
        case new(JSON)
        case kept(from: Int, count: Int)
    }

    package struct RowChange: Equatable, Sendable {
        /// The row's place in the old array.
        package var place: Int
        package var delta: Delta
    }
}

extension JSON {
    package func delta(to other: JSON) -> Delta {
        switch (self, other) {
        case (.object(let old), .object(let new)): JSON.delta(old, new) ?? .replaced(other)
        case (.array(let old), .array(let new)):
            old == new ? .unchanged : JSON.delta(old, new) ?? .replaced(other)
        default: self == other ? .unchanged : .replaced(other)
        }
    }

    private static func delta(_ old: [Member], _ new: [Member]) -> Delta? {
        guard let oldPlaces = places(old.map(\.key)), let newPlaces = places(new.map(\.key)) else { return nil }
        let removed = old.map(\.key).filter { newPlaces[Array($0.utf8)] == nil }
        var changed: [Delta.Change] = []
        var inserted: [Delta.Insertion] = []
        var last = -1
        for (place, member) in new.enumerated() {
            guard let before = oldPlaces[Array(member.key.utf8)] else {
                inserted.append(Delta.Insertion(place: place, member: member))
                continue
            }
            guard before > last else { return nil }
            last = before
            let delta = old[before].value.delta(to: member.value)
            if delta != .unchanged { changed.append(Delta.Change(key: member.key, delta: delta)) }
        }
        if removed.isEmpty, changed.isEmpty, inserted.isEmpty { return .unchanged }
        return .object(removed: removed, changed: changed, inserted: inserted)
    }

    private static func delta(_ old: [JSON], _ new: [JSON]) -> Delta? {
        guard let oldIDs = ids(old), let newIDs = ids(new), let oldPlaces = places(oldIDs), places(newIDs) != nil
        else { return nil }
        var rows: [Delta.Row] = []
        var changed: [Delta.RowChange] = []
        for (row, id) in zip(new, newIDs) {
            guard let place = oldPlaces[Array(id.utf8)] else {
                rows.append(.new(row))
                continue
            }
            if case .kept(let from, let count)? = rows.last, from + count == place {
                rows[rows.count - 1] = .kept(from: from, count: count + 1)
            } else {
                rows.append(.kept(from: place, count: 1))
            }
            let delta = old[place].delta(to: row)
            if delta != .unchanged { changed.append(Delta.RowChange(place: place, delta: delta)) }
        }
        return .rows(rows, changed: changed)
    }

    private static func ids(_ rows: [JSON]) -> [String]? {
        guard !rows.isEmpty else { return nil }
        let ids = rows.compactMap { $0["id"]?.string }
        return ids.count == rows.count ? ids : nil
    }

    /// Nil if a key stands twice.
    private static func places(_ keys: [String]) -> [[UInt8]: Int]? {
        var places: [[UInt8]: Int] = [:]
        for (place, key) in keys.enumerated() {
            guard places.updateValue(place, forKey: Array(key.utf8)) == nil else { return nil }
        }
        return places
    }

    /// Nil if the delta was made from another value; then a new snapshot is needed.
    package func applying(_ delta: Delta) -> JSON? {
        switch (delta, self) {
        case (.unchanged, _): self
        case (.replaced(let value), _): value
        case (.object(let removed, let changed, let inserted), .object(let members)):
            JSON.applying(removed, changed, inserted, to: members).map { .object($0) }
        case (.rows(let rows, let changed), .array(let old)):
            JSON.applying(rows, changed, to: old).map { .array($0) }
        case (.object, _), (.rows, _): nil
        }
    }

    private static func applying(
        _ removed: [String], _ changed: [Delta.Change], _ inserted: [Delta.Insertion], to old: [Member]
    ) -> [Member]? {
        var members = old
        for key in removed {
            guard let place = members.firstIndex(where: { $0.key.hasSameBytes(as: key) }) else { return nil }
            members.remove(at: place)
        }
        for change in changed {
            guard let place = members.firstIndex(where: { $0.key.hasSameBytes(as: change.key) }),
                let value = members[place].value.applying(change.delta)
            else { return nil }
            members[place].value = value
        }
        for insertion in inserted {
            guard (0...members.count).contains(insertion.place) else { return nil }
            members.insert(insertion.member, at: insertion.place)
        }
        return members
    }

    private static func applying(_ rows: [Delta.Row], _ changed: [Delta.RowChange], to old: [JSON]) -> [JSON]? {
        var old = old
        for change in changed {
            guard old.indices.contains(change.place), let row = old[change.place].applying(change.delta) else {
                return nil
            }
            old[change.place] = row
        }
        var new: [JSON] = []
        for row in rows {
            switch row {
            case .new(let value): new.append(value)
            case .kept(let from, let count):
                // A broker never keeps a row twice: so the new array is bounded by what came over the wire.
                guard from >= 0, count >= 0, from <= old.count, count <= old.count - from,
                    new.count <= old.count + rows.count
                else { return nil }
                new += old[from..<from + count]
            }
        }
        return new
    }
}
