import AdminProtocol

/// A row that is known by its id, not by its place.
protocol ListedRow: Codable, Equatable, Sendable {
    var id: String { get }
    /// The row as it is shown when the broker does not list it any more.
    var departed: Self { get }
    /// Whether it tells of nothing that is there, if the broker does not list it.
    var isDeparted: Bool { get }
}

extension ListedRow {
    var departed: Self { self }
    var isDeparted: Bool { true }
}

extension PoolRow: ListedRow {}
extension WorkerRow: ListedRow {
    var isDeparted: Bool { !connected }

    var departed: WorkerRow {
        var row = self
        row.connected = false
        row.state = .gone
        row.why = nil
        row.inRate = 0
        row.outRate = 0
        row.rtt = nil
        return row
    }
}
extension TopicRow: ListedRow {}
extension DenialRow: ListedRow {}
extension EventRow: ListedRow {}
extension LogRow: ListedRow {}

/// The window of one list that the console holds.
struct Listing<Row: ListedRow>: Equatable, Sendable {
    private(set) var page: ListPage<Row>?
    /// The rows in the order shown, which may lag behind the broker's while somebody aims at one.
    private(set) var rows: [Row] = []
    private(set) var sortedAt: Timestamp = 0
    /// The id among the rows that the broker's window does not hold any more, kept because somebody aims at it.
    private(set) var held: String?

    var offset: Int { Self.bounded(page?.offset) }
    var matched: Int { max(rows.count, Self.bounded(page?.matched) + (held == nil ? 0 : 1)) }
    var total: Int { max(rows.count - (held == nil ? 0 : 1), Self.bounded(page?.matched), Self.bounded(page?.total)) }
    var isLoaded: Bool { page != nil }

    /// More rows than any broker has: what comes from outside must not overflow what is computed with it.
    private static func bounded(_ value: Int?) -> Int { min(max(0, value ?? 0), 1 << 40) }

    /// Takes in a newer state of the window.
    ///
    /// With `keepingOrder` the rows stay where they are: those that left go, new ones come in at the end. The row of
    /// the id `aimedAt` never goes: under a cursor that somebody has put there no other row may slip.
    mutating func take(_ new: ListPage<Row>, keepingOrder: Bool, aimedAt: String?, at now: Timestamp) {
        let kept = standing(aimedAt)
        let wasHeld = held
        let sameWindow = page.map { $0.offset == new.offset && $0.sort == new.sort } ?? false
        page = new
        held = nil
        if keepingOrder, sameWindow {
            rows = Self.ordered(new.rows, like: rows)
        } else {
            if new.rows.map(\.id) != rows.map(\.id) { sortedAt = now }
            rows = new.rows
        }
        if let kept { hold(wasHeld == kept.row.id ? kept.row : kept.row.departed, at: kept.place) }
    }

    /// A row and its place in the whole list.
    private func standing(_ id: String?) -> (row: Row, place: Int)? {
        guard let id, let place = index(of: id), let row = row(at: place) else { return nil }
        return (row, place)
    }

    /// Puts a row that is no longer listed where it stood, if that is within the window.
    private mutating func hold(_ row: Row, at place: Int) {
        let place = place - offset
        guard (0...rows.count).contains(place), !rows.contains(where: { $0.id == row.id }) else { return }
        rows.insert(row, at: place)
        held = row.id
    }

    /// Shows the broker's order again.
    mutating func sort(at now: Timestamp) {
        let listed = rows.map(\.id).filter { [held] in $0 != held }
        guard let page, page.rows.map(\.id) != listed else { return }
        let kept = standing(held)
        rows = page.rows
        held = nil
        sortedAt = now
        if let kept { hold(kept.row, at: kept.place) }
    }

    /// What is known of the held row from elsewhere.
    mutating func renew(_ row: Row) {
        guard held == row.id, let place = rows.firstIndex(where: { $0.id == row.id }) else { return }
        rows[place] = row
    }

    /// Lets the held row go, as nobody aims at it any more.
    mutating func release() {
        guard let id = held else { return }
        rows.removeAll { $0.id == id }
        held = nil
    }

    private static func ordered(_ new: [Row], like old: [Row]) -> [Row] {
        var byID: [String: Row] = [:]
        for row in new { byID[row.id] = row }
        var kept: [Row] = []
        for row in old {
            if let newer = byID.removeValue(forKey: row.id) { kept.append(newer) }
        }
        for row in new where byID[row.id] != nil {
            byID[row.id] = nil
            kept.append(row)
        }
        return kept
    }

    /// The place of an id in the whole list.
    func index(of id: String) -> Int? {
        rows.firstIndex { $0.id == id }.map { $0 + offset }
    }

    func row(at index: Int) -> Row? {
        let place = index - offset
        return rows.indices.contains(place) ? rows[place] : nil
    }

    func row(_ id: String?) -> Row? {
        guard let id else { return nil }
        return rows.first { $0.id == id }
    }
}
