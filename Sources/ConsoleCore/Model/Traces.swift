import AdminProtocol

/// The rates of what was on the screen, second by second, so that its preview has a graph at once.
struct Traces: Equatable, Sendable {
    /// Seconds kept of each, and how many are kept.
    static let seconds = 120
    static let capacity = 256

    struct Point: Equatable, Sendable {
        var incoming: Double
        var outgoing: Double
    }

    private struct Trace: Equatable, Sendable {
        var first: Int64
        var points: [Point?]
    }

    private var traces: [String: Trace] = [:]
    private var order: [String] = []

    mutating func take(_ id: String, incoming: Double, outgoing: Double, at now: Timestamp) {
        let second = SampleRing.second(of: now)
        let point = Point(incoming: incoming, outgoing: outgoing)
        guard var trace = traces[id], second >= trace.first, second - trace.first < 2 * Int64(Self.seconds) else {
            if traces[id] == nil { order.append(id) }
            traces[id] = Trace(first: second, points: [point])
            if order.count > Self.capacity { traces[order.removeFirst()] = nil }
            return
        }
        let place = Int(second - trace.first)
        while trace.points.count <= place { trace.points.append(nil) }
        trace.points[place] = point
        if trace.points.count > Self.seconds {
            let surplus = trace.points.count - Self.seconds
            trace.points.removeFirst(surplus)
            trace.first += Int64(surplus)
        }
        traces[id] = trace
    }

    func point(of id: String, at second: Int64) -> Point? {
        guard let trace = traces[id], second >= trace.first, second - trace.first < Int64(trace.points.count) else {
            return nil
        }
        let place = Int(second - trace.first)
        if let point = trace.points[place] { return point }
        guard place > 0, place + 1 < trace.points.count, trace.points[place + 1] != nil else { return nil }
        return trace.points[place - 1]
    }
}
