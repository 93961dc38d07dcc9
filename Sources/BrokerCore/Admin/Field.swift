import AdminProtocol

/// What a list is looked at with: what the broker knows, and the time of looking.
struct Look {
    let observatory: Observatory
    let now: Moment

    var second: Int64 { observatory.pulse.second }

    /// The wall's time of a moment by the clock that never jumps; nil for 0, which is never.
    func wall(_ nanoseconds: Int64) -> Timestamp? {
        nanoseconds == 0 ? nil : now.wall &- (now.nanoseconds &- nanoseconds) / 1_000_000
    }
}

/// One value of one item of a list, as filters and sorting see it.
enum Field: Equatable {
    case absent
    case text(String)
    case number(Double)
    case time(Timestamp)

    static func of(_ text: String?) -> Field { text.map { .text($0) } ?? .absent }
    static func of(_ time: Timestamp?) -> Field { time.map { .time($0) } ?? .absent }
    static func of(_ number: Double) -> Field { .number(number) }
    static func of(_ number: Int) -> Field { .number(Double(number)) }
    static func count(_ number: Int64) -> Field { .number(Double(number)) }

    /// Nil when they are equal, or one of them is absent and so stands behind the other in any order.
    func isBefore(_ other: Field) -> Bool? {
        switch (self, other) {
        case (.text(let left), .text(let right)): left == right ? nil : left < right
        case (.number(let left), .number(let right)): left == right ? nil : left < right
        case (.time(let left), .time(let right)): left == right ? nil : left < right
        case (.absent, _), (.text, _), (.number, _), (.time, _): nil
        }
    }
}

/// A field of a list's rows, by the name it has on the wire.
struct Column<Item>: Sendable {
    let name: String
    /// Other names people use for it.
    let aliases: [String]
    /// Whether it holds numbers or times.
    let isNumeric: Bool
    /// Turns a word of the list's own, such as a log level, into a number to compare with.
    let rank: (@Sendable (String) -> Double?)?
    let value: @Sendable (Item, Look) -> Field

    init(
        _ name: String, _ aliases: [String] = [], isNumeric: Bool = false,
        rank: (@Sendable (String) -> Double?)? = nil, value: @escaping @Sendable (Item, Look) -> Field
    ) {
        self.name = name
        self.aliases = aliases
        self.isNumeric = isNumeric
        self.rank = rank
        self.value = value
    }

    static func number(
        _ name: String, _ aliases: [String] = [], value: @escaping @Sendable (Item, Look) -> Field
    ) -> Column {
        Column(name, aliases, isNumeric: true, value: value)
    }

    func isNamed(_ word: String) -> Bool { name == word || aliases.contains(word) }
}
