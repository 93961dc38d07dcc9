/// Rates over the last second, ten seconds and minute, from counts looked at once a second.
///
/// It holds what had been counted at even distances in the past, so that a rate is exact and costs one subtraction. An
/// object, because most clients are silent and have none.
final class Meter {
    /// The counts of the last ten seconds, one per second, and of the last minute, one per ten seconds.
    @exclusivity(unchecked) private var seconds: Trail
    @exclusivity(unchecked) private var tens: Trail
    @exclusivity(unchecked) private var current: Counts
    /// When anything was counted last.
    @exclusivity(unchecked) private(set) var busyAt: Int64

    init(_ counts: Counts, second: Int64) {
        seconds = Trail(counts, spacing: 1, places: 10, second: second)
        tens = Trail(counts, spacing: 10, places: 6, second: second)
        current = counts
        busyAt = second
    }

    func advance(to second: Int64, _ counts: Counts) {
        seconds.advance(to: second, current)
        tens.advance(to: second, current)
        if counts != current { busyAt = second }
        current = counts
    }

    var rate1s: Rates { Rates(current &- seconds.newest, over: 1) }
    var rate10s: Rates { Rates(current &- seconds.oldest, over: 10) }
    func rate60s(at second: Int64) -> Rates { Rates(current &- tens.oldest, over: tens.age(at: second)) }
}

/// Rates per topic: over ten seconds, a minute and fifteen minutes.
struct TopicMeter {
    private var seconds: Trail
    private var tens: Trail
    private var minutes: Trail
    private var current: Counts
    private(set) var busyAt: Int64

    init(_ counts: Counts, second: Int64) {
        seconds = Trail(counts, spacing: 1, places: 10, second: second)
        tens = Trail(counts, spacing: 10, places: 6, second: second)
        minutes = Trail(counts, spacing: 60, places: 15, second: second)
        current = counts
        busyAt = second
    }

    mutating func advance(to second: Int64, _ counts: Counts) {
        seconds.advance(to: second, current)
        tens.advance(to: second, current)
        minutes.advance(to: second, current)
        if counts != current { busyAt = second }
        current = counts
    }

    var rate10s: Rates { Rates(current &- seconds.oldest, over: 10) }
    func rate60s(at second: Int64) -> Rates { Rates(current &- tens.oldest, over: tens.age(at: second)) }
    func rate15m(at second: Int64) -> Rates { Rates(current &- minutes.oldest, over: minutes.age(at: second)) }
}

/// Messages and bytes per second.
struct Rates {
    var received: Double
    var receivedBytes: Double
    var sent: Double
    var sentBytes: Double

    init() {
        (received, receivedBytes, sent, sentBytes) = (0, 0, 0, 0)
    }

    init(_ counts: Counts, over seconds: Int64) {
        let span = Double(max(1, seconds))
        received = Double(counts.received) / span
        receivedBytes = Double(counts.receivedBytes) / span
        sent = Double(counts.sent) / span
        sentBytes = Double(counts.sentBytes) / span
    }
}

/// What had been counted at even distances in the past: a ring that forgets the oldest.
private struct Trail {
    private var marks: [Counts]
    private var next = 0
    private let spacing: Int64
    /// The last multiple of `spacing` that was marked.
    private var marked: Int64

    init(_ counts: Counts, spacing: Int64, places: Int, second: Int64) {
        marks = Array(repeating: counts, count: places)
        self.spacing = spacing
        marked = second / spacing
    }

    /// `before` is what had been counted when `second` began.
    mutating func advance(to second: Int64, _ before: Counts) {
        let due = second / spacing
        guard due > marked else { return }
        for _ in 0..<min(due - marked, Int64(marks.count)) {
            marks[next] = before
            next = next + 1 == marks.count ? 0 : next + 1
        }
        marked = due
    }

    var oldest: Counts { marks[next] }
    var newest: Counts { marks[next == 0 ? marks.count - 1 : next - 1] }

    /// How long ago `oldest` was marked: one second before a multiple of `spacing`.
    func age(at second: Int64) -> Int64 {
        second - (marked - Int64(marks.count - 1)) * spacing + 1
    }
}
