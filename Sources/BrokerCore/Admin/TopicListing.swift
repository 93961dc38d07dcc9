import AdminProtocol

/// One topic, or all topics of one shape, summed up because somebody looks.
struct TopicSummary {
    let name: [UInt8]
    var topics = 0
    var rate10s = 0.0
    var rate60s = 0.0
    var rate15m = 0.0
    var bytes10s = 0.0
    var messages: Int64 = 0
    var bytes: Int64 = 0
    var lastNanoseconds: Int64 = 0
    var subscribers = 0
    var retained = 0
    var qos: (Int64, Int64, Int64) = (0, 0, 0)
    var largest = 0

    init(_ name: [UInt8], _ records: [TopicRecord], second: Int64, at now: Moment) {
        self.name = name
        for record in records { add(record, second: second, at: now) }
    }

    private mutating func add(_ record: TopicRecord, second: Int64, at now: Moment) {
        topics += 1
        if let meter = record.meter {
            let ten = meter.rate10s
            rate10s += ten.received
            bytes10s += ten.receivedBytes
            rate60s += meter.rate60s(at: second).received
            rate15m += meter.rate15m(at: second).received
        }
        messages &+= record.messages
        bytes &+= record.bytes
        lastNanoseconds = max(lastNanoseconds, record.lastNanoseconds)
        subscribers += record.subscribers
        if record.isRetained(at: now) { retained += 1 }
        qos.0 &+= record.qos0
        qos.1 &+= record.qos1
        qos.2 &+= record.qos2
        largest = max(largest, record.largest)
    }

    /// Its part of everything that came in the last ten seconds.
    func share(_ look: Look) -> Double {
        let all = look.observatory.pulse.meter.rate10s.received
        return all > 0 ? min(1, rate10s / all) : 0
    }

    /// Nothing was ever published to it and nobody waits for it: a name that was only asked for, and refused.
    var isIdle: Bool { messages == 0 && subscribers == 0 && retained == 0 }

    var shown: String { name.isEmpty ? "(all other topics)" : DisplayText.of(name) }
}

extension Observatory {
    /// The shapes; or the topics of one.
    func topicSummaries(ofShape shape: String?, at now: Moment) -> [TopicSummary] {
        let second = pulse.second
        guard let shape else {
            var summaries = topics.shapes.values.map { TopicSummary($0.name, $0.topics, second: second, at: now) }
                .filter { !$0.isIdle }
            if topics.others.messages > 0 {
                summaries.append(TopicSummary([], [topics.others], second: second, at: now))
            }
            return summaries
        }
        let bytes = Array(shape.utf8)
        let found =
            topics.shapes[bytes]
            ?? topics.shapes.values.filter { DisplayText.of($0.name) == shape }
            .min { $0.name.lexicographicallyPrecedes($1.name) }
        return (found?.topics ?? []).map { TopicSummary($0.name, [$0], second: second, at: now) }
            .filter { !$0.isIdle }
    }
}

extension Listing where Item == TopicSummary, Row == TopicRow {
    static var topics: Listing {
        Listing(
            columns: topicColumns, defaultSort: "-rate10s", tie: { $0.name.lexicographicallyPrecedes($1.name) },
            row: { TopicRow($0, $1) })
    }
}

private let topicColumns: [Column<TopicSummary>] = [
    Column("id", ["topic"]) { topic, _ in .text(topic.shown) },
    .number("topics") { topic, _ in .of(topic.topics) },
    .number("rate10s", ["rate"]) { topic, _ in .of(topic.rate10s) },
    .number("rate60s") { topic, _ in .of(topic.rate60s) },
    .number("rate15m") { topic, _ in .of(topic.rate15m) },
    .number("bytes10s") { topic, _ in .of(topic.bytes10s) },
    .number("share") { topic, look in .of(topic.share(look)) },
    .number("messages") { topic, _ in .count(topic.messages) },
    .number("bytes") { topic, _ in .count(topic.bytes) },
    .number("last_at", ["last"]) { topic, look in .of(look.wall(topic.lastNanoseconds)) },
    .number("subscribers", ["subs"]) { topic, _ in .of(topic.subscribers) },
    .number("retained") { topic, _ in .of(topic.retained) },
    .number("qos0") { topic, _ in .count(topic.qos.0) },
    .number("qos1") { topic, _ in .count(topic.qos.1) },
    .number("qos2") { topic, _ in .count(topic.qos.2) },
    .number("largest") { topic, _ in .of(topic.largest) },
]

extension TopicRow {
    init(_ topic: TopicSummary, _ look: Look) {
        self.init(
            id: topic.shown, topics: topic.topics, rate10s: topic.rate10s, rate60s: topic.rate60s,
            rate15m: topic.rate15m, bytes10s: topic.bytes10s, share: topic.share(look), messages: topic.messages,
            bytes: topic.bytes, lastAt: look.wall(topic.lastNanoseconds), subscribers: topic.subscribers,
            retained: topic.retained, qos0: topic.qos.0, qos1: topic.qos.1, qos2: topic.qos.2, largest: topic.largest)
    }
}
