import AdminProtocol

/// What keys do.
extension ConsoleModel {
    /// Two interrupts within this time quit.
    static let interruptWindow: Milliseconds = 3000

    mutating func pressed(_ key: Key, at now: Timestamp) -> [ConsoleCommand] {
        if notice?.kind == .aside { notice = nil }
        switch key {
        case .control("c"): return interrupt(at: now)
        case .control("z"): return [.suspend]
        case .control("l"): return [.redraw]
        case .character, .control, .up, .down, .left, .right, .controlLeft, .controlRight, .pageUp, .pageDown, .home,
            .end, .enter, .escape, .tab, .backTab, .backspace, .delete, .insert, .function, .paste:
            interruptedAt = nil
        }
        if dialog != nil { return pressedInDialog(key, at: now) }
        if prompt != nil { return pressedInPrompt(key, at: now) }
        // A paste is text, and text is never a command.
        if case .paste = key { return [] }
        guard let action = KeyMap.action(for: key) else { return [] }
        if help != nil { return pressedInHelp(action) }
        return perform(action, at: now)
    }

    /// Cancels what is open; a second time, quits.
    mutating func interrupt(at now: Timestamp) -> [ConsoleCommand] {
        if let interruptedAt, now - interruptedAt <= Self.interruptWindow { return [.quit] }
        interruptedAt = now
        dialog = nil
        prompt = nil
        help = nil
        say("Ctrl-c once more quits", at: now)
        return []
    }

    private mutating func pressedInDialog(_ key: Key, at now: Timestamp) -> [ConsoleCommand] {
        // Nobody decides on what cannot be read.
        guard layout.kind >= .compact || key == .escape else { return [] }
        let step: DialogStep
        switch dialog {
        case .kick(var open):
            step = open.take(key)
            dialog = .kick(open)
        case .level(var open):
            step = open.take(key)
            dialog = .level(open)
        case nil: return []
        }
        if step == .stay { return [] }
        dialog = nil
        if step != .cancel, let reason = reasonNotToAct {
            say(reason, .bad, at: now)
            return []
        }
        return [carryOut(step, at: now)].compactMap { $0 }
    }

    private mutating func carryOut(_ step: DialogStep, at now: Timestamp) -> ConsoleCommand? {
        switch step {
        case .stay: return nil
        case .cancel:
            say("nothing was sent", for: .aside, at: now)
            return nil
        case .kick(let kick, let reason):
            say("kick of \(tails(kick.worker)) sent", for: .outcome, at: now)
            return request(.kick, kick, reason: reason, for: .kick(worker: kick.worker), at: now)
        case .setLevel(let change, let reason):
            return request(
                .logLevelSet, change, reason: reason.isEmpty ? nil : reason,
                for: .level(scope: change.scope ?? "broker"), at: now)
        case .revertLevel(let revert):
            return request(.logLevelRevert, revert, for: .revert(scope: revert.scope ?? "broker"), at: now)
        }
    }

    private mutating func pressedInPrompt(_ key: Key, at now: Timestamp) -> [ConsoleCommand] {
        guard var field = prompt else { return [] }
        switch key {
        case .escape: prompt = nil
        case .enter:
            prompt = nil
            if let focus {
                cursors[focus] = Cursor(filter: field.trimmed, sort: cursors[focus]?.sort)
                knowledge.forget(focus)
            }
        case .character, .control, .up, .down, .left, .right, .controlLeft, .controlRight, .pageUp, .pageDown, .home,
            .end, .tab, .backTab, .backspace, .delete, .insert, .function, .paste:
            _ = field.take(key)
            prompt = field
        }
        return []
    }

    private mutating func pressedInHelp(_ action: Action) -> [ConsoleCommand] {
        let line = help ?? 0
        switch action {
        case .down: help = min(line + 1, 200)
        case .up: help = max(0, line - 1)
        case .pageDown, .halfDown: help = min(line + 10, 200)
        case .pageUp, .halfUp: help = max(0, line - 10)
        case .first: help = 0
        case .quit: return [.quit]
        case .last: help = 200
        case .open, .back, .close, .view, .lastView, .nextPanel, .previousPanel, .filter, .sortPrevious, .sortNext,
            .invert, .freeze, .copy, .retry, .kick, .level, .help, .redraw, .suspend:
            help = nil
        }
        return []
    }

    mutating func perform(_ action: Action, at now: Timestamp) -> [ConsoleCommand] {
        switch action {
        case .up: move(by: -1, at: now)
        case .down: move(by: 1, at: now)
        case .pageUp: move(by: -page, at: now)
        case .pageDown: move(by: page, at: now)
        case .halfUp: move(by: -max(1, page / 2), at: now)
        case .halfDown: move(by: max(1, page / 2), at: now)
        case .first: move(by: .min, at: now)
        case .last: move(by: .max, at: now)
        case .open: open(at: now)
        case .back: if !goBack() { say("this is the first view: q quits", at: now) }
        case .close: if !goBack() { return [.quit] }
        case .view(let number): show(number, at: now)
        case .lastView: if !lastStack.isEmpty { leave(for: lastStack) }
        case .nextPanel: changePanel(by: 1)
        case .previousPanel: changePanel(by: -1)
        case .filter: openPrompt(at: now)
        case .sortNext: changeSort(by: 1, at: now)
        case .sortPrevious: changeSort(by: -1, at: now)
        case .invert: invertSort(at: now)
        case .freeze: freeze(at: now)
        case .copy: return copy(at: now)
        case .retry: return retry(at: now)
        case .kick: openKick(at: now)
        case .level: openLevel(at: now)
        case .help: help = 0
        case .redraw: return [.redraw]
        case .suspend: return [.suspend]
        case .quit: return [.quit]
        }
        return []
    }

    private var page: Int { focus.map { height(of: $0) } ?? layout.content }

    private mutating func move(by distance: Int, at now: Timestamp) {
        guard let focus else {
            let sum = scroll.addingReportingOverflow(distance)
            scroll = min(max(0, sum.overflow ? (distance < 0 ? 0 : 1000) : sum.partialValue), 1000)
            return
        }
        let window = shown.window(of: focus)
        var cursor = cursors[focus, default: Cursor()]
        cursor.move(by: distance, in: window.ids, offset: window.offset, matched: window.matched)
        cursor.movedAt = now
        cursors[focus] = cursor
        guard frozen == nil else { return }
        // The row that was kept for the cursor goes when the cursor does.
        if let held = knowledge.held(of: focus), held != cursor.id {
            knowledge.release(focus)
            settle(focus)
        }
    }

    /// Whoever opens something from a row means this row, and finds it under the cursor afterwards.
    mutating func aim(at now: Timestamp) {
        guard let focus, cursors[focus]?.id != nil else { return }
        cursors[focus]?.movedAt = now
    }

    private mutating func changePanel(by step: Int) {
        guard place == .overview else { return }
        let panels = OverviewLayout(layout, knowledge: shown).panels
        guard let at = panels.firstIndex(of: panel) else {
            panel = panels.first ?? .sidePools
            return
        }
        panel = panels[(at + step + panels.count) % panels.count]
    }

    private mutating func openPrompt(at now: Timestamp) {
        guard let list = place.list else {
            say("this view has no list to filter: 3 shows the workers", at: now)
            return
        }
        prompt = TextField(cursors[list]?.filter ?? "", limit: 200)
    }

    private mutating func freeze(at now: Timestamp) {
        if frozen == nil {
            frozen = (knowledge, clock.time(at: now))
        } else {
            frozen = nil
            for feed in Feed.allCases { settle(feed) }
        }
    }

    private mutating func retry(at now: Timestamp) -> [ConsoleCommand] {
        guard link.isUp else { return [.reconnect] }
        watches = [:]
        say("loading anew", at: now)
        return []
    }

    // MARK: Sorting

    private mutating func changeSort(by step: Int, at now: Timestamp) {
        guard let list = place.list else { return }
        let fields = Scene(self, glyphs: Glyphs(unicode: true), at: now).sortFields()
        guard !fields.isEmpty else { return }
        let current = SortOrder(cursors[list]?.sort ?? knowledge.sort(of: list))
        let at = fields.firstIndex { $0.field == current?.field }
        let next = at.map { fields[($0 + step + fields.count) % fields.count] } ?? fields[0]
        order(list, by: SortOrder(field: next.field, descending: next.descending), at: now)
    }

    private mutating func invertSort(at now: Timestamp) {
        guard let list = place.list, let current = SortOrder(cursors[list]?.sort ?? knowledge.sort(of: list)) else {
            return
        }
        order(list, by: SortOrder(field: current.field, descending: !current.descending), at: now)
    }

    private mutating func order(_ list: Feed, by order: SortOrder, at now: Timestamp) {
        var cursor = Cursor(filter: cursors[list]?.filter ?? "", sort: order.text)
        cursor.id = nil
        cursors[list] = cursor
    }
}

/// The order of a list, as `ListQuery.sort` writes it.
struct SortOrder: Equatable, Sendable {
    var field: String
    var descending: Bool

    init(field: String, descending: Bool) {
        self.field = field
        self.descending = descending
    }

    init?(_ text: String?) {
        guard let text, !text.isEmpty else { return nil }
        descending = text.first == "-"
        field = descending ? String(text.dropFirst()) : text
    }

    var text: String { (descending ? "-" : "") + field }
}
