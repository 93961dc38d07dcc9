/// How much of the memory is held, in the steps in which something is done about it. [T-70]
enum MemoryPressure: Int, Comparable, CaseIterable {
    case none
    /// Publishers are not read.
    case high
    /// Nobody new is let in.
    case severe
    /// The largest consumer is ended.
    case full

    static func < (one: MemoryPressure, other: MemoryPressure) -> Bool { one.rawValue < other.rawValue }

    /// The step at `held` bytes, coming from `before`.
    static func of(_ held: Int, _ limits: Limits, before: MemoryPressure) -> MemoryPressure {
        let percent = held / max(1, limits.memory / 100)
        if percent >= limits.memoryFull { return .full }
        if percent >= limits.memorySevere { return .severe }
        if percent >= limits.memoryHigh { return .high }
        return before > .none && percent >= limits.memoryRelaxed ? .high : .none
    }

    /// The bytes at which the next step begins; nil at the last one.
    func end(_ limits: Limits) -> Int? {
        let hundredth = max(1, limits.memory / 100)
        return switch self {
        case .none: hundredth * limits.memoryHigh
        case .high: hundredth * limits.memorySevere
        case .severe: hundredth * limits.memoryFull
        case .full: nil
        }
    }

    /// In one word, for figures.
    var name: String {
        switch self {
        case .none: "none"
        case .high: "high"
        case .severe: "severe"
        case .full: "full"
        }
    }

    /// What is done about it, in words.
    var consequence: String {
        switch self {
        case .none: "enough again"
        case .high: "publishers wait"
        case .severe: "nobody new is let in"
        case .full: "the largest consumers are ended"
        }
    }
}
