import AdminProtocol

/// A row that is known by its id, not by its place.
protocol ListedRow: Codable, Equatable, Sendable {
    var id: String { get }
}

extension PoolRow: ListedRow {}
extension WorkerRow: ListedRow {}
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

    var offset: Int { Self.bounded(page?.offset) }
    var matched: Int { max(rows.count, Self.bounded(page?.matched)) }
    var total: Int { max(matched, Self.bounded(page?.total)) }
    var isLoaded: Bool { page != nil }

    /// More rows than any broker has: what comes from outside must not overflow what is computed with it.
    private static func bounded(_ value: Int?) -> Int { min(max(0, value ?? 0), 1 << 40) }

    /// Takes in a newer state of the window.
    ///
    /// With `keepingOrder` the rows stay where they are: those that left go, new ones come in at the end.
    mutating func take(_ new: ListPage<Row>, keepingOrder: Bool, at now: Timestamp) {
        defer { page = new }
        let sameWindow = page.map { $0.offset == new.offset && $0.sort == new.sort } ?? false
        guard keepingOrder, sameWindow else {
            if new.rows.map(\.id) != rows.map(\.id) { sortedAt = now }
            rows = new.rows
            return
        }
        rows = Self.ordered(new.rows, like: rows)
    }

    /// Shows the broker's order again.
    mutating func sort(at now: Timestamp) {
        guard let page, page.rows.map(\.id) != rows.map(\.id) else { return }
        rows = page.rows
        sortedAt = now
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
