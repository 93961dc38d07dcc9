import AdminProtocol

/// The operator's place in one list: what is selected, what is seen, how it is filtered and sorted.
struct Cursor: Equatable, Sendable {
    /// The order rests while somebody aims, and is renewed no faster than this.
    static let rest: Milliseconds = 3000
    static let beat: Milliseconds = 5000

    /// The selection is the id, not the row.
    var id: String?
    /// The selected row's place in the whole list.
    var index = 0
    /// The first row on the screen.
    var top = 0
    var filter = ""
    var sort: String?
    var movedAt: Timestamp?

    /// Where a list begins: among the events subscriptions are many and tell little, so they are left out at first.
    static func initial(of feed: Feed) -> Cursor {
        feed == .events ? Cursor(filter: "!what:SUB") : Cursor()
    }

    /// Moves by so many rows and selects what stands there.
    mutating func move(by distance: Int, in rows: some RandomAccessCollection<String>, offset: Int, matched: Int) {
        let target = index.addingReportingOverflow(distance)
        let wanted = target.overflow ? (distance < 0 ? 0 : matched - 1) : target.partialValue
        index = min(max(0, wanted), max(0, matched - 1))
        select(in: rows, offset: offset)
    }

    /// Names the row at the cursor's place.
    mutating func select(in rows: some RandomAccessCollection<String>, offset: Int) {
        let place = index - offset
        guard place >= 0, place < rows.count else {
            id = nil
            return
        }
        id = rows[rows.index(rows.startIndex, offsetBy: place)]
    }

    /// The id that must stay under the cursor, as somebody has put it there.
    func aim(follows: Bool) -> String? {
        movedAt == nil || (follows && index == 0) ? nil : id
    }

    /// After the rows have changed: stays on the selected id, and keeps it on the same line of the screen.
    mutating func settle(
        in rows: some RandomAccessCollection<String>, offset: Int, matched: Int, follows: Bool
    ) {
        // Who has not moved yet looks at the top, whoever is there; who has is never moved to another row.
        if index == 0, follows || movedAt == nil {
            select(in: rows, offset: offset)
        } else if let id, let place = Array(rows).firstIndex(of: id) {
            let moved = place + offset - index
            index += moved
            top = max(0, top + moved)
        } else if id == nil || follows {
            index = min(max(0, index), max(0, matched - 1))
            select(in: rows, offset: offset)
        }
    }

    /// Keeps the selected row on a screen of `height` rows.
    mutating func reveal(height: Int, matched: Int) {
        let height = max(1, height)
        if index < top { top = index }
        if index >= top + height { top = index - height + 1 }
        top = max(0, min(top, max(0, matched - height)))
    }

    /// Whether rows may change places now.
    func maySort(lastSortedAt: Timestamp, at now: Timestamp) -> Bool {
        if let movedAt, now - movedAt < Self.rest { return false }
        return now - lastSortedAt >= Self.beat
    }
}
