/// How often something happened in the last minute: two counters, the older one fading.
struct MinuteRate {
    private var minute: Int64 = 0
    private var current: Int64 = 0
    private var previous: Int64 = 0

    mutating func count(_ times: Int64 = 1, at now: Moment) {
        turn(to: now)
        current &+= times
    }

    func perMinute(at now: Moment) -> Double {
        var turned = self
        turned.turn(to: now)
        let elapsed = Double(now.nanoseconds % MinuteRate.length) / Double(MinuteRate.length)
        return Double(turned.current) + Double(turned.previous) * (1 - max(0, elapsed))
    }

    private static let length: Int64 = 60_000_000_000

    private mutating func turn(to now: Moment) {
        let minute = now.nanoseconds / MinuteRate.length
        guard minute > self.minute else { return }
        previous = minute == self.minute + 1 ? current : 0
        current = 0
        self.minute = minute
    }
}
