import AdminProtocol

/// Asks before one worker's connection is cut.
///
/// It keeps the worker it was opened for, whatever happens to the list behind it. (AD-8)
struct KickDialog: Equatable, Sendable {
    enum Focus: CaseIterable, Sendable {
        case reason
        case cancel
        case kick
    }

    let target: WorkerRow
    var reason = TextField(limit: 256)
    var focus = Focus.cancel
    /// Why it cannot go on yet.
    var complaint: DisplayText?

    init(target: WorkerRow) {
        self.target = target
    }

    mutating func take(_ key: Key) -> DialogStep {
        complaint = nil
        switch key {
        case .escape: return .cancel
        case .tab, .down: focus = focus.next
        case .backTab, .up: focus = focus.previous
        case .left where focus != .reason: focus = .cancel
        case .right where focus != .reason: focus = .kick
        case .enter: return enter()
        case .character, .control, .left, .right, .controlLeft, .controlRight, .pageUp, .pageDown, .home, .end,
            .backspace,
            .delete, .insert, .function, .paste:
            // What is typed is the reason, wherever the focus is: nobody kicks by typing.
            if reason.take(key) { focus = .reason }
        }
        return .stay
    }

    private mutating func enter() -> DialogStep {
        switch focus {
        case .cancel: return .cancel
        case .reason:
            focus = .kick
            return .stay
        case .kick:
            guard !reason.trimmed.isEmpty else {
                complaint = "a reason is required: it stands in the events"
                focus = .reason
                return .stay
            }
            return .kick(Kick(worker: target.id, epoch: target.epoch), reason: reason.trimmed)
        }
    }
}

/// What a key in a dialog leads to.
enum DialogStep: Equatable, Sendable {
    case stay
    case cancel
    case kick(Kick, reason: String)
    case setLevel(LogLevelChange, reason: String)
    case revertLevel(LogLevelRevert)
}

extension CaseIterable where Self: Equatable, AllCases: RandomAccessCollection, AllCases.Index == Int {
    var next: Self {
        let all = Self.allCases
        guard let place = all.firstIndex(of: self) else { return self }
        return all[(place + 1) % all.count]
    }

    var previous: Self {
        let all = Self.allCases
        guard let place = all.firstIndex(of: self) else { return self }
        return all[(place + all.count - 1) % all.count]
    }
}
