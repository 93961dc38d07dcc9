import BrokerCore

/// How a simulated worker behaves: what happens to it goes in, what it does comes out.
///
/// Time is an argument and chance is its own dice, so that a whole life can be told in a test without a socket.
package struct WorkerBehaviour: Sendable {
    package enum Event: Equatable, Sendable {
        case connected
        /// The connection ended, or could not be made.
        case disconnected
        case ordered(Order)
        /// The time in `wakesAt` has come.
        case woken
    }

    package enum Action: Equatable, Sendable {
        case connect
        /// Say farewell, then close.
        case leave
        /// Vanish without a word: the will speaks.
        case drop
        case subscribe(String)
        /// At QoS 1.
        case publish(String, [UInt8])
        /// From now on receive nothing more that would have to be acknowledged.
        case holdAcknowledgements
    }

    private struct Run: Equatable {
        let id: ULID
        let startedAt: Moment
        let milliseconds: Int64
        let fails: Bool
        var nextProgressAt: Moment
    }

    private enum State: Equatable {
        case away(until: Moment)
        case connecting
        case connected(Presence)
    }

    private struct Presence: Equatable {
        var heartbeatAt: Moment
        /// When it does what its part asks of it.
        var cueAt: Moment?
        var run: Run?
        /// Neither works nor acknowledges any more.
        var isStuck = false
    }

    package let profile: WorkerProfile
    private var dice: Dice
    private var state: State
    /// Whether it plays its part, or has been cured of it.
    private var isCured = false
    private var failures = 0
    private var appearances = 0

    package init(_ profile: WorkerProfile, dice: Dice, appearingAt start: Moment) {
        self.profile = profile
        self.dice = dice
        state = .away(until: start)
    }

    /// When it wants to be woken; nil while it only waits for others.
    package var wakesAt: Moment? {
        switch state {
        case .away(let until): return until
        case .connecting: return nil
        case .connected(let presence):
            var next = presence.isStuck ? nil : presence.heartbeatAt
            for time in [presence.cueAt, presence.run?.nextProgressAt] {
                guard let time else { continue }
                next = next.map { $0.nanoseconds < time.nanoseconds ? $0 : time } ?? time
            }
            return next
        }
    }

    /// What it has the broker say should it vanish.
    package var will: [UInt8] {
        Report.gone(crashed: true).payload(posture: posture(nil), timestamp: nil)
    }

    package mutating func handle(_ event: Event, at now: Moment) -> [Action] {
        switch (event, state) {
        case (.woken, .away(let until)):
            guard until <= now else { return [] }
            state = .connecting
            return [.connect]
        case (.woken, .connected(var presence)):
            return act(&presence, at: now)
        case (.connected, .connecting):
            return appear(at: now)
        case (.disconnected, .connecting), (.disconnected, .connected):
            state = .away(until: now.advanced(byMilliseconds: absence()))
            return []
        case (.ordered(let order), .connected(var presence)):
            return obey(order, &presence, at: now)
        case (.woken, .connecting), (.connected, .away), (.connected, .connected), (.disconnected, .away),
            (.ordered, .away), (.ordered, .connecting):
            return []
        }
    }

    // MARK: Appearing and vanishing

    private mutating func appear(at now: Moment) -> [Action] {
        failures = 0
        appearances += 1
        let presence = Presence(
            heartbeatAt: now.advanced(byMilliseconds: Int64.random(in: 2_000...10_500, using: &dice)),
            cueAt: cue(at: now))
        state = .connected(presence)
        let own = profile.readTopic
        var actions: [Action] = [.subscribe(own)]
        if case .rival = profile.part { return actions }
        actions.append(report(.registration(instance: profile.instance, group: profile.group), nil, at: now))
        if !profile.drained { actions.append(report(.ready, nil, at: now)) }
        return actions
    }

    /// When the peculiar thing happens first after connecting.
    private mutating func cue(at now: Moment) -> Moment? {
        guard !isCured else { return nil }
        switch profile.part {
        case .healthy, .stuck: return nil
        case .flapping:
            // The first breaks follow closely, so that it is known for what it is within seconds.
            let usual = appearances < 5 ? 700...1_100 : Int64(2_500)...Int64(5_000)
            return now.advanced(byMilliseconds: Int64.random(in: usual, using: &dice))
        case .trespassing: return now.advanced(byMilliseconds: 400)
        case .misdirected: return now.advanced(byMilliseconds: appearances == 1 ? 3_000 : 110_000)
        case .rival: return now.advanced(byMilliseconds: 15_000)
        }
    }

    /// How long it stays away after losing its connection.
    private mutating func absence() -> Int64 {
        let wasConnected = if case .connected = state { true } else { false }
        if !wasConnected, profile.part == .rival {
            // Told off by the broker: it comes again another day.
            return Int64.random(in: 40_000...60_000, using: &dice)
        }
        if !wasConnected {
            failures = min(failures + 1, 5)
            return Int64.random(in: 500...1_000, using: &dice) << Int64(failures - 1)
        }
        switch profile.part {
        case .flapping: return Int64.random(in: 300...600, using: &dice)
        case .stuck(let curable):
            isCured = isCured || curable
            return 1_300
        case .rival:
            // Three attempts at the other's id, then peace for a while.
            return appearances % 3 == 0 ? Int64.random(in: 70_000...110_000, using: &dice) : 1_500
        case .healthy, .trespassing, .misdirected: return Int64.random(in: 900...1_700, using: &dice)
        }
    }

    // MARK: Living

    private mutating func act(_ presence: inout Presence, at now: Moment) -> [Action] {
        var actions: [Action] = []
        if !presence.isStuck, presence.heartbeatAt <= now {
            actions.append(report(.heartbeat, presence.run?.id, at: now))
            presence.heartbeatAt = now.advanced(byMilliseconds: Int64.random(in: 9_300...10_700, using: &dice))
        }
        if let run = presence.run, run.nextProgressAt <= now { actions += work(run, &presence, at: now) }
        if let cueAt = presence.cueAt, cueAt <= now { actions += play(&presence, at: now) }
        state = .connected(presence)
        return actions
    }

    private mutating func work(_ run: Run, _ presence: inout Presence, at now: Moment) -> [Action] {
        let elapsed = now.milliseconds(since: run.startedAt)
        guard elapsed < run.milliseconds else {
            presence.run = nil
            return [
                report(.complete(run: run.id, run.fails ? .failed : .finished), nil, at: now),
                report(.ready, nil, at: now),
            ]
        }
        if profile.part == .healthy, dice.once(in: 2_500) {
            // As if the kernel had killed it in the middle of its work.
            presence.run = nil
            return [.drop]
        }
        presence.run?.nextProgressAt = now.advanced(
            byMilliseconds: min(Int64.random(in: 400...1_400, using: &dice), run.milliseconds - elapsed))
        let percent = Int(elapsed * 100 / max(1, run.milliseconds))
        return [report(.progress(run: run.id, phase: WorkerBehaviour.phase(percent), percent: percent), nil, at: now)]
    }

    private static func phase(_ percent: Int) -> String {
        percent < 15 ? "INITIALIZING" : percent < 55 ? "PLANNING" : "APPLYING"
    }

    private mutating func play(_ presence: inout Presence, at now: Moment) -> [Action] {
        presence.cueAt = nil
        switch profile.part {
        case .healthy, .stuck: return []
        case .flapping: return [.drop]
        case .trespassing(let other):
            presence.cueAt = now.advanced(byMilliseconds: 10_000)
            return [.subscribe("\(profile.namespace)/readonly/\(other)/\(profile.worker)")]
        case .misdirected(let other):
            presence.cueAt = now.advanced(byMilliseconds: 110_000)
            let payload = Report.heartbeat.payload(posture: posture(presence.run?.id), timestamp: clock(now))
            return [.publish("\(profile.namespace)/writeonly/\(other)/\(profile.worker)", payload)]
        case .rival: return [.leave]
        }
    }

    // MARK: Orders

    private mutating func obey(_ order: Order, _ presence: inout Presence, at now: Moment) -> [Action] {
        guard !presence.isStuck else { return [] }
        var actions: [Action] = []
        switch order {
        case .assign(let run, _):
            guard presence.run == nil, !profile.drained else { return [] }
            if case .stuck = profile.part, !isCured {
                presence.isStuck = true
                actions = [.holdAcknowledgements]
            } else if profile.part != .rival {
                presence.run = Run(
                    id: run, startedAt: now, milliseconds: Int64.random(in: 6_000...45_000, using: &dice),
                    fails: dice.once(in: 9), nextProgressAt: now.advanced(byMilliseconds: 200))
                actions = [report(.progress(run: run, phase: "PREPARING", percent: 0), nil, at: now)]
            }
        case .stop(let run):
            guard presence.run?.id == run else { return [] }
            presence.run = nil
            actions = [report(.complete(run: run, .stopped), nil, at: now), report(.ready, nil, at: now)]
        }
        state = .connected(presence)
        return actions
    }

    // MARK: Reports

    private func report(_ report: Report, _ run: ULID?, at now: Moment) -> Action {
        .publish(profile.writeTopic, report.payload(posture: posture(run), timestamp: clock(now)))
    }

    private func posture(_ run: ULID?) -> Report.Posture {
        Report.Posture(version: profile.version, drained: profile.drained, run: run)
    }

    private func clock(_ now: Moment) -> Int64 { now.wall &+ profile.clockSkew }
}

extension Moment {
    static func <= (one: Moment, other: Moment) -> Bool { one.nanoseconds <= other.nanoseconds }
}
