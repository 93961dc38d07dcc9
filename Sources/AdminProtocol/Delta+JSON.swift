extension Delta: Codable {
    package init(from decoder: any Decoder) throws {
        let json = try JSON(from: decoder)
        guard let delta = Delta(json) else {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(codingPath: decoder.codingPath, debugDescription: "is no delta"))
        }
        self = delta
    }

    package func encode(to encoder: any Encoder) throws {
        try json.encode(to: encoder)
    }

    /// The delta as it travels.
    package var json: JSON {
        switch self {
        case .unchanged: return .object([])
        case .replaced(.object(let members)): return .object([JSON.Member("set", .object(members))])
        case .replaced(let value): return value
        case .object(let removed, let changed, let inserted):
            var members: [JSON.Member] = []
            if !removed.isEmpty { members.append(JSON.Member("remove", .array(removed.map { .string($0) }))) }
            if !changed.isEmpty {
                let changes = changed.map { JSON.Member($0.key, $0.delta.json) }
                members.append(JSON.Member("change", .object(changes)))
            }
            if !inserted.isEmpty {
                let insertions = inserted.map { insertion in
                    JSON.array([.int(Int64(insertion.place)), .string(insertion.member.key), insertion.member.value])
                }
                members.append(JSON.Member("insert", .array(insertions)))
            }
            return .object(members)
        case .rows(let rows, let changed):
            let order = rows.map { row -> JSON in
                switch row {
                case .new(let value): value
                case .kept(let from, let count): .array([.int(Int64(from)), .int(Int64(count))])
                }
            }
            var members = [JSON.Member("rows", .array(order))]
            if !changed.isEmpty {
                let changes = changed.map { JSON.array([.int(Int64($0.place)), $0.delta.json]) }
                members.append(JSON.Member("within", .array(changes)))
            }
            return .object(members)
        }
    }

    /// Nil for what no broker sends.
    package init?(_ json: JSON) {
        guard case .object(let members) = json else {
            self = .replaced(json)
            return
        }
        let names = members.map(\.key)
        if names.isEmpty {
            self = .unchanged
        } else if names == ["set"], let value = json["set"] {
            self = .replaced(value)
        } else if names.first == "rows" {
            self.init(rows: json, names: names)
        } else {
            self.init(object: json, names: names)
        }
    }

    private init?(object json: JSON, names: [String]) {
        guard names.allSatisfy({ ["remove", "change", "insert"].contains($0) }) else { return nil }
        var removed: [String] = []
        for key in json["remove"]?.array ?? [] {
            guard let key = key.string else { return nil }
            removed.append(key)
        }
        var changed: [Change] = []
        for member in json["change"]?.members ?? [] {
            guard let delta = Delta(member.value) else { return nil }
            changed.append(Change(key: member.key, delta: delta))
        }
        var inserted: [Insertion] = []
        for insertion in json["insert"]?.array ?? [] {
            guard let parts = insertion.array, parts.count == 3, let place = parts[0].int, let key = parts[1].string,
                let place = Int(exactly: place)
            else { return nil }
            inserted.append(Insertion(place: place, member: JSON.Member(key, parts[2])))
        }
        self = .object(removed: removed, changed: changed, inserted: inserted)
    }

    private init?(rows json: JSON, names: [String]) {
        guard names.allSatisfy({ ["rows", "within"].contains($0) }), let order = json["rows"]?.array else { return nil }
        var rows: [Row] = []
        for row in order {
            guard case .array(let run) = row else {
                rows.append(.new(row))
                continue
            }
            guard run.count == 2, let from = run[0].int, let count = run[1].int, let from = Int(exactly: from),
                let count = Int(exactly: count)
            else { return nil }
            rows.append(.kept(from: from, count: count))
        }
        var changed: [RowChange] = []
        for change in json["within"]?.array ?? [] {
            guard let parts = change.array, parts.count == 2, let place = parts[0].int, let place = Int(exactly: place),
                let delta = Delta(parts[1])
            else { return nil }
            changed.append(RowChange(place: place, delta: delta))
        }
        self = .rows(rows, changed: changed)
    }
}
