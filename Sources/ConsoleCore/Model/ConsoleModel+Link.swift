import AdminProtocol

/// What is said to the broker and heard from it.
extension ConsoleModel {
    /// `hello` is asked so often: it measures the way to the broker and tells of what has changed there.
    static let greetingInterval: Milliseconds = 5000
    /// A command without an answer for so long is in doubt.
    static let patience: Milliseconds = 10_000
    /// Requests that may be open at once; an honest broker answers each.
    static let pendingLimit = 256

    mutating func linkUp(at now: Timestamp) -> [ConsoleCommand] {
        if let outage = link.outage {
            say("the broker is back after \(Figures.span(now - outage.since))", .good, at: now)
        }
        link = .up
        watches = [:]
        pending = [:]
        heardAt = now
        let history = request(.historyGet, HistoryQuery(step: 1000, limit: 300), for: .history, at: now)
        return [greet(at: now), history].compactMap { $0 }
    }

    mutating func linkDown(reason: DisplayText, attempt: Int, retryIn: Milliseconds, at now: Timestamp) {
        let doubtful = pending.values.contains { $0.purpose.changes }
        link = .down(
            Link.Outage(
                reason: reason, attempt: max(1, attempt), retryAt: now + min(max(0, retryIn), 86_400_000),
                since: link.outage?.since ?? now))
        watches = [:]
        pending = [:]
        if doubtful { say("the link was lost before the answer: see Events for what was done", .warning, at: now) }
    }

    /// Says that a command may or may not have been carried out.
    mutating func doubtOld(at now: Timestamp) {
        for (id, one) in pending.sorted(by: { $0.key < $1.key }) where now - one.sentAt > Self.patience {
            pending[id] = nil
            guard one.purpose.changes else { continue }
            say("no answer for \(Figures.span(now - one.sentAt)): see Events for what was done", .warning, at: now)
        }
    }

    mutating func greet(at now: Timestamp) -> ConsoleCommand? {
        helloAt = now
        return request(.hello, nil as HistoryQuery?, for: .hello, at: now)
    }

    mutating func request(
        _ command: Command, _ arguments: (some Encodable)?, reason: String? = nil, for purpose: Pending.Purpose,
        at now: Timestamp
    ) -> ConsoleCommand? {
        guard pending.count < Self.pendingLimit else { return nil }
        requests += 1
        let id = "c\(String(settings.seed, radix: 36))-\(requests)"
        pending[id] = Pending(purpose: purpose, sentAt: now)
        let json = arguments.flatMap { Wire.json($0) }
        return .send(Request(id: id, cmd: command.rawValue, args: json, reason: reason))
    }

    mutating func answered(_ answer: Answer, at now: Timestamp) -> [ConsoleCommand] {
        guard let asked = pending.removeValue(forKey: answer.id) else { return [] }
        clock.measure(asked: asked.sentAt, answered: now, brokerTime: answer.at)
        heardAt = now
        let refusal = answer.error.map { DisplayText($0.message) }
        switch (asked.purpose, answer.state) {
        case (.hello, .done): return take(hello: Wire.read(Hello.self, from: answer.result), at: now)
        case (.history, .done):
            for sample in Wire.read(History.self, from: answer.result)?.samples ?? [] { knowledge.samples.take(sample) }
        case (.watch, .done), (.close, _): break
        case (.kick(let worker), .done):
            kicked(Wire.read(Kicked.self, from: answer.result), worker: worker, answer, at: now)
        case (.level(let scope), .done):
            let levels = Wire.read(LogLevels.self, from: answer.result)
            let rate = levels.map { ", \(Figures.number($0.linesPerSecond)) lines/s now" as DisplayText } ?? .empty
            say("log level of \(name(ofScope: scope)) set\(rate)", .good, at: now)
        case (.revert(let scope), .done): say("log level of \(name(ofScope: scope)) taken back", .good, at: now)
        case (.watch(let feed), .refused), (.watch(let feed), .failed):
            refusals[feed] = refusal ?? "the broker refused this list"
            guard feed == focus || feed == .overview || (feed == .worker && focus == nil) else { break }
            say(refusal ?? "the broker refused this list", .bad, at: now)
        case (_, .refused): say("refused: \(refusal ?? "no reason given")", .bad, at: now)
        case (_, .failed): say("failed: \(refusal ?? "no reason given")", .bad, at: now)
        }
        return []
    }

    private mutating func take(hello new: Hello?, at now: Timestamp) -> [ConsoleCommand] {
        guard let new else {
            say("the broker answered hello with something else: another version?", .bad, at: now)
            return []
        }
        defer { hello = new }
        guard let known = hello, known.instance != new.instance else { return [] }
        // A new start of the broker: what it told before is of another life.
        watches = [:]
        say("the broker has been restarted at \(Figures.clock(new.startedAt))", .warning, at: now)
        return []
    }

    private mutating func kicked(_ result: Kicked?, worker: String, _ answer: Answer, at now: Timestamp) {
        let what: DisplayText =
            result.map {
                let will: DisplayText = $0.willSent ? "will sent" : "no will sent"
                let session: DisplayText = $0.sessionKept ? "session kept" : "session gone"
                return "\(session), \(will)"
            } ?? "done"
        guard !kicks.contains(where: { $0.request == answer.id }) else { return }
        kicks.append(FollowedKick(request: answer.id, worker: worker, at: answer.at, text: what))
        if kicks.count > 64 { kicks.removeFirst() }
        say("kicked \(tails(worker)): \(what); waiting for what follows", .good, for: .outcome, at: now)
    }

    mutating func streamed(_ message: StreamMessage, at now: Timestamp) -> [ConsoleCommand] {
        heardAt = now
        clock.hear(message.at, at: now)
        if let outcome = message.outcome { follow(outcome, at: now) }
        guard let name = message.watch, let feed = Feed(rawValue: name), var watch = watches[feed] else { return [] }
        if let snapshot = message.snapshot {
            watch.document = snapshot
        } else if let delta = message.delta {
            guard let last = watch.sequence, message.seq == last + 1,
                let document = watch.document?.applying(delta)
            else { return repair(feed, watch, at: now) }
            watch.document = document
        } else {
            return []
        }
        watch.sequence = message.seq
        refusals[feed] = nil
        watches[feed] = watch
        take(watch.document, of: feed, at: now, brokerTime: message.at)
        return []
    }

    /// A message is missing: says so, and asks for the whole again.
    private mutating func repair(_ feed: Feed, _ watch: OpenWatch, at now: Timestamp) -> [ConsoleCommand] {
        // Without a sequence the new snapshot is on its way already.
        guard watch.sequence != nil else { return [] }
        watches[feed] = OpenWatch(query: watch.query)
        say("a message of the broker is missing: asked for the whole again", .warning, at: now)
        return [request(.watchSet, watch.query, for: .watch(feed), at: now)].compactMap { $0 }
    }

    private mutating func take(_ document: JSON?, of feed: Feed, at now: Timestamp, brokerTime: Timestamp) {
        guard let document else { return }
        let cursor = cursors[feed, default: Cursor()]
        let mayMove = cursor.maySort(lastSortedAt: knowledge.sortedAt(feed), at: now)
        let keepingOrder = feed.isTimeline ? false : !mayMove
        let understood = knowledge.take(
            document, of: feed, keepingOrder: keepingOrder, aimedAt: cursor.aim(follows: feed.isTimeline), at: now,
            brokerTime: brokerTime)
        guard understood else {
            say(
                "the broker sent something this console does not understand (\(DisplayText(feed.rawValue)))", .bad,
                at: now)
            return
        }
        if frozen == nil { settle(feed) }
    }

    private mutating func follow(_ outcome: KickOutcome, at now: Timestamp) {
        // The end of a connection may be told before the answer to the kick that ended it.
        let place: Int
        if let known = kicks.lastIndex(where: { $0.request == outcome.request }) {
            place = known
        } else {
            kicks.append(
                FollowedKick(request: outcome.request, worker: outcome.worker, at: clock.time(at: now), text: "done"))
            place = kicks.count - 1
        }
        let after = Figures.span(outcome.after)
        let text: DisplayText
        switch outcome.state {
        case .gone: text = "gone after \(Figures.latency(outcome.after))"
        case .back:
            let address: DisplayText = outcome.sameAddress.map { $0 ? ", same address" : ", another address" } ?? .empty
            text = "back after \(after)\(address)"
        case .away:
            text = "not back within \(after)"
        }
        kicks[place].text = kicks[place].isFollowed ? kicks[place].text + "; " + text : text
        kicks[place].isFollowed = true
        let role: Style.Role = outcome.state == .away ? .warning : .good
        say(
            "kicked \(tails(outcome.worker)): \(text)", role, for: outcome.state == .gone ? .outcome : .sentence,
            at: now)
    }

    func tails(_ id: String) -> DisplayText { ShortIdentifiers().short(id) }

    /// `broker`, `worker ..K0ZZ`, `pool ..7QK2`.
    func name(ofScope scope: String) -> DisplayText {
        guard let colon = scope.firstIndex(of: ":") else { return DisplayText(scope) }
        return "\(DisplayText(String(scope[..<colon]))) \(tails(String(scope[scope.index(after: colon)...])))"
    }
}
