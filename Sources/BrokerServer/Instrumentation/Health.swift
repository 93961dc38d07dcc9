import NIOCore
import Synchronization

/// How the broker is, as probes ask: written by the broker's loop, read by another.
final class Health: Sendable {
    /// How far the broker has come.
    enum Phase: Int, Sendable {
        case starting
        case listening
        case draining
    }

    /// The broker's loop turns ten times a second; silent for so long, it will not turn again.
    static let patience: Int64 = 15_000_000_000

    private let phase = Atomic<Int>(Phase.starting.rawValue)
    private let turnedAt: Atomic<Int64>
    private let troubles = Mutex<[@Sendable () -> String?]>([])

    init(at now: Int64 = Health.now()) {
        turnedAt = Atomic(now)
    }

    static func now() -> Int64 { Int64(clamping: NIODeadline.now().uptimeNanoseconds) }

    func enters(_ phase: Phase) { self.phase.store(phase.rawValue, ordering: .relaxed) }

    func turned(at now: Int64) { turnedAt.store(now, ordering: .relaxed) }

    /// Something else the broker cannot work without; it answers one word, or nil while all is well.
    func needs(_ trouble: @escaping @Sendable () -> String?) { troubles.withLock { $0.append(trouble) } }

    /// Why the process should be started again; nil while it lives. A start may wait for its database, and ends by itself.
    func ailment(at now: Int64) -> String? {
        guard phase.load(ordering: .relaxed) != Phase.starting.rawValue else { return nil }
        return now - turnedAt.load(ordering: .relaxed) > Self.patience ? "stuck" : nil
    }

    /// Why nobody should be sent here now; nil while the broker is ready.
    func hindrance(at now: Int64) -> String? {
        if let ailment = ailment(at: now) { return ailment }
        switch Phase(rawValue: phase.load(ordering: .relaxed)) {
        case .starting, nil: return "starting"
        case .draining: return "draining"
        case .listening: return troubles.withLock { $0 }.lazy.compactMap { $0() }.first
        }
    }
}
