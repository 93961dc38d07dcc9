import AdminProtocol

/// One list of the broker: what its items are, how they are filtered and sorted, how a row is made of one.
///
/// Only the rows of the window are made; all others are looked at by the fields that filter and order ask for.
struct Listing<Item, Row: Codable & Equatable & Sendable> {
    let columns: [Column<Item>]
    let defaultSort: String
    /// A total order, for items that are equal in the order asked for.
    let tie: (Item, Item) -> Bool
    /// Grows with every new item of a ring; then a page can go on where the last one ended although others came.
    var number: ((Item) -> Int64)?
    let row: (Item, Look) -> Row

    /// A checked query: what was wrong with it has been said.
    struct Plan {
        fileprivate var filter: Filter
        fileprivate var sort: String
        fileprivate var column: Int
        fileprivate var isDescending: Bool
        fileprivate var offset: Int
        fileprivate var limit: Int
        /// Only items with a smaller number.
        fileprivate var before: Int64?
    }

    static var defaultLimit: Int { 100 }
    static var largestPage: Int { 500 }

    func plan(_ query: ListQuery) throws(AdminError) -> Plan {
        let filter = try FilterParser.parse(query.filter ?? "", columns)
        let sort = query.sort.flatMap { $0.isEmpty ? nil : $0 } ?? defaultSort
        let isDescending = sort.hasPrefix("-")
        let name = isDescending ? String(sort.dropFirst()) : sort
        guard let column = columns.firstIndex(where: { $0.isNamed(name) }) else {
            let names = columns.map(\.name).joined(separator: ", ")
            throw AdminError(
                .badArgument, "there is no field `\(DisplayText.of(name, bound: 32))` to sort by; there are \(names)",
                field: "sort")
        }
        let limit = query.limit ?? Self.defaultLimit
        guard (1...Self.largestPage).contains(limit) else {
            throw AdminError(.badArgument, "limit must be from 1 to \(Self.largestPage)", field: "limit")
        }
        let offset = query.offset ?? 0
        guard (0...1_000_000).contains(offset) else {
            throw AdminError(.badArgument, "offset must be from 0 to 1000000", field: "offset")
        }
        var plan = Plan(
            filter: filter, sort: (isDescending ? "-" : "") + columns[column].name, column: column,
            isDescending: isDescending, offset: offset, limit: limit)
        if let cursor = query.cursor { try apply(cursor, to: &plan) }
        return plan
    }

    private func apply(_ cursor: String, to plan: inout Plan) throws(AdminError) {
        let rest = cursor.dropFirst()
        switch cursor.first {
        case "o":
            guard let offset = Int(rest), (0...1_000_000).contains(offset) else { break }
            plan.offset = offset
            return
        case "b":
            guard number != nil, let before = Int64(rest) else { break }
            plan.before = before
            return
        case .none, .some: break
        }
        throw AdminError(.badArgument, "the cursor is not one of this list", field: "cursor")
    }

    /// How many of a ring's newest items are enough; nil if all have to be looked at.
    func enough(_ plan: Plan) -> Int? {
        guard plan.filter == .everything, plan.sort == defaultSort, plan.before == nil else { return nil }
        return plan.offset + plan.limit
    }

    /// `items` are all there are, or as many of the `total` as are enough.
    func page(_ items: [Item], total: Int? = nil, _ plan: Plan, _ look: Look) -> ListPage<Row> {
        var matched: [Item] = []
        for item in items where plan.filter.lets(item, columns, look) { matched.append(item) }
        let count = total ?? matched.count
        if let before = plan.before, let number { matched = matched.filter { number($0) < before } }
        let rows = window(of: matched, plan, look)
        var page = ListPage(
            rows: rows.map { row($0, look) }, total: total ?? items.count, matched: count, offset: plan.offset,
            sort: plan.sort)
        if plan.offset + rows.count < (total ?? matched.count), let last = rows.last {
            if let number, plan.sort == defaultSort {
                page.next = "b\(number(last))"
            } else {
                page.next = "o\(plan.offset + rows.count)"
            }
        }
        return page
    }

    private func window(of items: [Item], _ plan: Plan, _ look: Look) -> [Item] {
        let column = columns[plan.column]
        let keys = items.map { column.value($0, look) }
        let isBefore = { (left: Int, right: Int) -> Bool in
            if let before = keys[left].isBefore(keys[right]) { return before != plan.isDescending }
            let absent = (keys[left] == .absent, keys[right] == .absent)
            if absent.0 != absent.1 { return absent.1 }
            return tie(items[left], items[right])
        }
        return First.of(items.count, upTo: plan.offset + plan.limit, isBefore).dropFirst(plan.offset).map { items[$0] }
    }
}

/// The first so many of an order, without ordering the rest.
enum First {
    /// Places from 0 to `count`, in order, at most `limit` of them.
    static func of(_ count: Int, upTo limit: Int, _ isBefore: (Int, Int) -> Bool) -> [Int] {
        guard limit > 0 else { return [] }
        guard limit < count / 4 else { return Array((0..<count).sorted(by: isBefore).prefix(limit)) }
        // The worst of those kept so far is on top of a heap.
        var heap = Array(0..<limit)
        for place in (0..<limit / 2).reversed() { sink(place, &heap, isBefore) }
        for candidate in limit..<count where isBefore(candidate, heap[0]) {
            heap[0] = candidate
            sink(0, &heap, isBefore)
        }
        return heap.sorted(by: isBefore)
    }

    private static func sink(_ start: Int, _ heap: inout [Int], _ isBefore: (Int, Int) -> Bool) {
        var place = start
        while true {
            var worst = place
            for child in [2 * place + 1, 2 * place + 2] where child < heap.count && isBefore(heap[worst], heap[child]) {
                worst = child
            }
            guard worst != place else { return }
            heap.swapAt(place, worst)
            place = worst
        }
    }
}
