import AdminProtocol
import BrokerCore

@testable import Fleet

/// A worker's life told in seconds, without a socket: what it does, in words.
struct Story {
    static let pool = ULID(high: 0x019A_0000_0000_0000, low: 1)
    static let otherPool = ULID(high: 0x019A_0000_0000_0000, low: 2)
    static let run = ULID(high: 0x019A_0000_0000_0000, low: 3)

    var worker: WorkerBehaviour
    private(set) var now = Moment(nanoseconds: 1_000_000_000, wall: 1_763_800_000_000)

    init(_ part: Part = .healthy, seed: UInt64 = 1, speaksOld: Bool = false, drained: Bool = false) {
        let profile = WorkerProfile(
            pool: Story.pool, worker: ULID(high: 0x019A_0000_0000_0000, low: 9), speaksOld: speaksOld,
            drained: drained, part: part)
        worker = WorkerBehaviour(profile, dice: Dice(seed: seed), appearingAt: now)
    }

    mutating func happens(_ event: WorkerBehaviour.Event) -> [String] {
        worker.handle(event, at: now).map(words)
    }

    /// Connects at once and says what it did first.
    mutating func begins() -> [String] {
        _ = happens(.woken)
        return happens(.connected)
    }

    /// Wakes it whenever it wants to be woken, for so many milliseconds.
    mutating func passes(_ milliseconds: Int64) -> [String] {
        let end = now.advanced(byMilliseconds: milliseconds)
        var told: [String] = []
        while let next = worker.wakesAt, next.nanoseconds <= end.nanoseconds {
            now = now.advanced(byMilliseconds: max(0, next.milliseconds(since: now)))
            told += happens(.woken)
        }
        now = now.advanced(byMilliseconds: end.milliseconds(since: now))
        return told
    }

    private func words(_ action: WorkerBehaviour.Action) -> String {
        switch action {
        case .connect: "connect"
        case .leave: "leave"
        case .drop: "drop"
        case .subscribe(let filter): filter == worker.profile.readTopic ? "subscribe" : "subscribe \(filter)"
        case .publish(let topic, let payload):
            (topic == worker.profile.writeTopic ? "" : "\(topic) ") + type(payload)
        case .holdAcknowledgements: "hold acknowledgements"
        }
    }

    private func type(_ payload: [UInt8]) -> String {
        guard let json = try? JSON(parsing: payload), let type = json["type"]?.string else { return "?" }
        return type == "run_complete" ? "run_complete \(json["result"]?.string ?? "?")" : type
    }
}
