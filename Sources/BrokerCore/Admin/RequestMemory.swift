import AdminProtocol

/// What was asked in the last 24 hours: the same id and body act once, another body is a conflict. [AD-6]
struct RequestMemory {
    private struct Name: Hashable {
        let caller: String
        let id: String
    }

    private struct Entry {
        var body: [UInt8]
        /// Nil for a question, which is answered anew: its answer changes nothing and may be large.
        var answer: [UInt8]?
        var at: Moment
    }

    private static let bound = 10_000
    private static let byteBound = 8_388_608
    private static let milliseconds: Milliseconds = 86_400_000

    private var entries: [Name: Entry] = [:]
    private var order: [Name] = []
    private var first = 0
    private var bytes = 0

    mutating func answer(
        to id: String, _ body: [UInt8], of caller: String, at now: Moment
    ) throws(AdminError) -> [UInt8]? {
        while first < order.count, let entry = entries[order[first]],
            now.milliseconds(since: entry.at) >= RequestMemory.milliseconds
        {
            forgetOldest()
        }
        guard let entry = entries[Name(caller: caller, id: id)] else { return nil }
        guard entry.body == body else {
            throw AdminError(.conflict, "this id was used for another request", field: "id")
        }
        return entry.answer
    }

    mutating func remember(_ id: String, _ body: [UInt8], of caller: String, answer: [UInt8]?, at now: Moment) {
        let name = Name(caller: caller, id: id)
        guard entries[name] == nil else { return }
        entries[name] = Entry(body: body, answer: answer, at: now)
        order.append(name)
        bytes += body.count + (answer?.count ?? 0)
        while first < order.count, order.count - first > RequestMemory.bound || bytes > RequestMemory.byteBound {
            forgetOldest()
        }
    }

    private mutating func forgetOldest() {
        if let entry = entries.removeValue(forKey: order[first]) {
            bytes -= entry.body.count + (entry.answer?.count ?? 0)
        }
        first += 1
        if first > 1_024, first * 2 > order.count {
            order.removeFirst(first)
            first = 0
        }
    }
}
