import AdminProtocol

/// Asks which part of the broker shall say how much, and for how long.
struct LevelDialog: Equatable, Sendable {
    enum Focus: CaseIterable, Sendable {
        case scope
        case level
        case duration
        case reason
        case cancel
        case set
        case revert
    }

    /// What the level is set for.
    enum Scope: Equatable, Sendable {
        case broker
        case worker(String)
        case pool(String)

        /// As the protocol writes it.
        var name: String {
            switch self {
            case .broker: "broker"
            case .worker(let id): "worker:\(id)"
            case .pool(let id): "pool:\(id)"
            }
        }
    }

    /// For how long; absent: to stay.
    static let durations: [Milliseconds?] = [60_000, 600_000, 3_600_000, nil]

    let scopes: [Scope]
    let levels: LogLevels
    var scope: Int
    var level: LogLevel
    var duration = 1
    var reason = TextField(limit: 256)
    var focus = Focus.cancel

    init(scopes: [Scope], levels: LogLevels) {
        self.scopes = scopes.isEmpty ? [.broker] : scopes
        self.levels = levels
        scope = 0
        level = .debug
    }

    var chosen: Scope { scopes.indices.contains(scope) ? scopes[scope] : .broker }

    /// The exception in force for what is chosen, which can be taken back.
    var lease: LogLevels.Lease? { levels.leases.first { $0.scope == chosen.name } }

    mutating func take(_ key: Key) -> DialogStep {
        switch key {
        case .escape: return .cancel
        case .tab, .down: move { $0.next }
        case .backTab, .up: move { $0.previous }
        case .left: choose(by: -1)
        case .right: choose(by: 1)
        case .enter: return enter()
        case .character(" ") where focus == .scope || focus == .level || focus == .duration: choose(by: 1)
        case .character, .control, .controlLeft, .controlRight, .pageUp, .pageDown, .home, .end, .backspace, .delete,
            .insert, .function, .paste:
            // What is typed is the reason, wherever the focus is: nothing is set by typing.
            if reason.take(key) { focus = .reason }
        }
        return .stay
    }

    private mutating func move(_ step: (Focus) -> Focus) {
        focus = step(focus)
        if focus == .revert, lease == nil { focus = step(focus) }
    }

    private mutating func choose(by step: Int) {
        switch focus {
        case .scope: scope = (scope + step + scopes.count) % scopes.count
        case .level:
            let all = LogLevel.allCases
            level = all[min(max(0, level.rank + step), all.count - 1)]
        case .duration: duration = (duration + step + Self.durations.count) % Self.durations.count
        case .reason: break
        case .cancel, .set, .revert:
            let buttons: [Focus] = lease == nil ? [.cancel, .set] : [.cancel, .set, .revert]
            let place = buttons.firstIndex(of: focus) ?? 0
            focus = buttons[min(max(0, place + step), buttons.count - 1)]
        }
    }

    private mutating func enter() -> DialogStep {
        switch focus {
        case .cancel: return .cancel
        case .scope, .level, .duration, .reason:
            focus = .set
            return .stay
        case .set:
            let time = Self.durations.indices.contains(duration) ? Self.durations[duration] : nil
            let change = LogLevelChange(
                scope: chosen.name, level: level.rawValue, forMs: time, keep: time == nil ? true : nil)
            return .setLevel(change, reason: reason.trimmed)
        case .revert: return .revertLevel(LogLevelRevert(scope: chosen.name))
        }
    }
}

/// The one dialog that may be open.
enum Dialog: Equatable, Sendable {
    case kick(KickDialog)
    case level(LevelDialog)
}
