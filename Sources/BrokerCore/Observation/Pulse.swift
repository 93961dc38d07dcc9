import AdminProtocol

/// The broker as a whole, by the second: totals, rates and the rings of history.
struct Pulse {
    let startedAt: Moment
    /// Seconds since the start, as of the newest sample.
    private(set) var second: Int64 = 0
    /// Messages and bytes of everyone but operators, as of the newest sample.
    private(set) var totals = Counts()
    private(set) var meter = Meter(Counts(), second: 0)
    private(set) var seconds = Ring<Sample>(bound: ObservationLimits.historySeconds)
    private(set) var tens = Ring<Sample>(bound: ObservationLimits.historyTens)
    /// Counted as it happens.
    var denied: Int64 = 0
    var connects: Int64 = 0
    var dropped: Int64 = 0
    private var told = 0
    /// As of the newest sample.
    private(set) var present = Present()
    private var before = Marks()
    private var beforeTen = Marks()

    /// What is there at one time.
    struct Present {
        var workers = 0
        var connections = 0
        var stuck = 0
        var flapping = 0
        var busy: Int?
        var queued = 0
        var inFlight = 0
    }

    private struct Marks {
        var totals = Counts()
        var denied: Int64 = 0
        var connects: Int64 = 0
    }

    init(startedAt: Moment) {
        self.startedAt = startedAt
    }

    func isDue(at now: Moment) -> Bool { Pulse.second(startedAt, now) > second }

    private static func second(_ start: Moment, _ now: Moment) -> Int64 {
        (now.nanoseconds &- start.nanoseconds) / 1_000_000_000
    }

    /// Takes the sample of this second; of seconds that nobody looked at there is none.
    mutating func turn(_ added: Counts, _ present: Present, at now: Moment) {
        let ten = second / 10
        second = Pulse.second(startedAt, now)
        told = 0
        totals &+= added
        self.present = present
        meter.advance(to: second, totals)
        seconds.append(sample(since: before, at: now))
        before = marks
        if second / 10 > ten {
            tens.append(sample(since: beforeTen, at: now))
            beforeTen = marks
        }
    }

    /// Whether one more denial may become an event in this second; all are counted and stand in the ledger.
    mutating func tellsOfDenial() -> Bool {
        told += 1
        return told <= ObservationLimits.deniedEventsPerSecond
    }

    private var marks: Marks { Marks(totals: totals, denied: denied, connects: connects) }

    private func sample(since marks: Marks, at now: Moment) -> Sample {
        let difference = totals &- marks.totals
        return Sample(
            at: now.wall, received: difference.received, sent: difference.sent,
            receivedBytes: difference.receivedBytes, sentBytes: difference.sentBytes, denied: denied - marks.denied,
            connects: connects - marks.connects, workers: present.workers, queued: present.queued)
    }
}
