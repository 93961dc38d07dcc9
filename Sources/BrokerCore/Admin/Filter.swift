import AdminProtocol

/// What a filter line says, over the columns of one list.
///
/// Words match any text, whatever their case; `field:value`, `field=value`, `field>n` and their like match one field;
/// `!` or `not` turns around, `and` binds closer than `or`, and what stands side by side must all hold.
indirect enum Filter: Equatable {
    case everything
    case word([UInt8])
    case contains(column: Int, [UInt8])
    case equals(column: Int, [UInt8])
    case compares(column: Int, Comparison, Double, isSpan: Bool)
    case not(Filter)
    case both(Filter, Filter)
    case either(Filter, Filter)

    enum Comparison: String {
        case less = "<"
        case atMost = "<="
        case more = ">"
        case atLeast = ">="
        case equal = ":"

        func holds(_ left: Double, _ right: Double) -> Bool {
            switch self {
            case .less: left < right
            case .atMost: left <= right
            case .more: left > right
            case .atLeast: left >= right
            case .equal: left == right
            }
        }
    }

    func lets<Item>(_ item: Item, _ columns: [Column<Item>], _ look: Look) -> Bool {
        switch self {
        case .everything: true
        case .word(let word):
            columns.contains { column in
                if case .text(let text) = column.value(item, look) { Filter.holds(text, word) } else { false }
            }
        case .contains(let place, let word):
            Filter.text(columns[place].value(item, look)).map { Filter.holds($0, word) } ?? false
        case .equals(let place, let word):
            Filter.text(columns[place].value(item, look)).map { Filter.fold($0) == word } ?? false
        case .compares(let place, let comparison, let limit, let isSpan):
            switch columns[place].value(item, look) {
            case .number(let number): comparison.holds(number, limit)
            case .time(let time):
                comparison.holds(isSpan ? Double(look.now.wall &- time) : Double(time), limit)
            case .text(let text): columns[place].rank?(text).map { comparison.holds($0, limit) } ?? false
            case .absent: false
            }
        case .not(let filter): !filter.lets(item, columns, look)
        case .both(let left, let right): left.lets(item, columns, look) && right.lets(item, columns, look)
        case .either(let left, let right): left.lets(item, columns, look) || right.lets(item, columns, look)
        }
    }

    private static func text(_ field: Field) -> String? {
        switch field {
        case .text(let text): text
        case .number(let number): Int64(exactly: number).map(\.description) ?? number.description
        case .time(let time): time.description
        case .absent: nil
        }
    }

    /// Letters of ASCII become small; nothing else is touched.
    static func fold(_ text: String) -> [UInt8] { text.utf8.map { (65...90).contains($0) ? $0 + 32 : $0 } }

    private static func holds(_ text: String, _ word: [UInt8]) -> Bool {
        guard let first = word.first else { return true }
        let text = fold(text)
        guard text.count >= word.count else { return false }
        for start in 0...text.count - word.count
        where text[start] == first && text[start..<start + word.count].elementsEqual(word) {
            return true
        }
        return false
    }
}
