import AdminProtocol
import ConsoleCore
import Testing

@Suite struct KickTests {
    @Test func cutsTheWorkerThatWasSelectedThoughTheListChanges() throws {
        var desk = try Desk.live()
        try desk.press(.character("3"), .character("K"))
        desk.workers.reverse()
        desk.workers[5].epoch = 8
        try desk.pass(20_000)
        try desk.pushAll()
        #expect(desk.text().contains("worker   \(World.worker("90QP"))"))
        try desk.type("stuck run 4412")
        try desk.press(.enter, .enter)
        let kick = try #require(desk.requests(.kick).first)
        #expect(try kick.args?.decoded(as: Kick.self) == Kick(worker: World.worker("90QP"), epoch: 7))
        #expect(kick.reason == "stuck run 4412")
        #expect(desk.changing.count == 1)
    }

    @Test func saysWhatFollowed() throws {
        var desk = try Desk.live()
        try desk.press(.character("3"), .character("K"))
        try desk.type("why not")
        try desk.press(.enter, .enter)
        let kick = try #require(desk.requests(.kick).first)
        let kicked = Kicked(
            worker: World.worker("90QP"), epoch: 7, connectedFor: 19_000, willSent: true, sessionKept: true)
        try desk.done(kick, JSON.encoding(kicked))
        #expect(desk.status == "kicked ..90QP: session kept, will sent; waiting for what follows")
        func follow(_ state: KickOutcome.State, _ after: Int64) throws {
            try desk.tell(
                .streamed(
                    StreamMessage(
                        at: desk.now,
                        outcome: KickOutcome(
                            request: kick.id, worker: World.worker("90QP"), state: state, after: after,
                            sameAddress: state == .back ? true : nil))))
        }
        try follow(.gone, 3)
        #expect(desk.status == "kicked ..90QP: gone after 3ms")
        try follow(.back, 1300)
        #expect(desk.status == "kicked ..90QP: back after 1.3s, same address")
        try desk.pass(60_000)
        #expect(desk.text().contains("kicked  12:04:31 gone after 3ms; back after 1.3s, same address"))
    }

    @Test func takesAnOutcomeThatIsToldBeforeTheAnswer() throws {
        var desk = try Desk.live()
        try desk.press(.character("3"), .character("K"))
        try desk.type("x")
        try desk.press(.enter, .enter)
        let kick = try #require(desk.requests(.kick).first)
        let gone = KickOutcome(request: kick.id, worker: World.worker("90QP"), state: .gone, after: 2)
        try desk.tell(.streamed(StreamMessage(at: desk.now, outcome: gone)))
        try desk.done(
            kick,
            JSON.encoding(
                Kicked(worker: gone.worker, epoch: 7, connectedFor: 1, willSent: false, sessionKept: true)))
        #expect(desk.status == "kicked ..90QP: gone after 2ms")
    }

    @Test func keepsTheKickedWorkerUnderTheCursorUntilItIsBack() throws {
        var desk = try Desk.live()
        try desk.press(.character("3"), .character("K"))
        try desk.type("x")
        try desk.press(.enter, .enter)
        let worker = desk.workers.removeFirst()
        desk.detail.row.connected = false
        desk.detail.row.state = .gone
        try desk.pass(10_000)
        try desk.pushAll()
        #expect(desk.row(4).hasPrefix("> ..90QP ..7QK2 gone"))
        #expect(desk.row(5).hasPrefix("  ..22KD ..7QK2 STUCK"))
        // Another kick is of nobody else.
        try desk.press(.character("K"))
        #expect(desk.status == "..90QP is not connected")
        try desk.pass(10_000)
        #expect(desk.row(4).hasPrefix("> ..90QP ..7QK2 gone"))

        // It comes back where the window does not reach.
        desk.detail.row.connected = true
        desk.detail.row.state = .idle
        desk.detail.row.epoch = 8
        try desk.pushAll()
        #expect(desk.row(4).hasPrefix("> ..90QP ..7QK2 idle"))
        // And into the window, at the end of the list.
        desk.workers.append(worker)
        desk.workers[5].epoch = 8
        desk.workers[5].state = .idle
        try desk.pushAll()
        try desk.pass(10_000)
        #expect(desk.row(9).hasPrefix("> ..90QP ..7QK2 idle"))
        #expect(desk.row(4).hasPrefix("  ..22KD"))
        try desk.press(.character("K"))
        try desk.type("again")
        try desk.press(.enter, .enter)
        let kick = try #require(desk.requests(.kick).last)
        #expect(try kick.args?.decoded(as: Kick.self) == Kick(worker: World.worker("90QP"), epoch: 8))
    }

    @Test func letsTheKickedWorkerGoWhenTheOperatorMovesOn() throws {
        var desk = try Desk.live(120, 40)
        try desk.press(.character("3"), .down, .character("K"))
        #expect(desk.text().contains("kick worker ..22KD"))
        try desk.press(.escape)
        desk.workers.remove(at: 1)
        desk.detail.row.id = World.worker("22KD")
        desk.detail.row.connected = false
        desk.detail.row.state = .gone
        try desk.pushAll()
        #expect(desk.row(5).hasPrefix("> ..22KD  ..7QK2  eu-terraform      gone"))
        #expect(!desk.text().contains("K kick"))
        try desk.press(.down)
        #expect(desk.row(5).hasPrefix("> ..5VXA"))
        #expect(desk.row(6).hasPrefix("  ..8T1F"))
    }

    @Test func doesNotTakeAnOutcomeAwayWithAnEscape() throws {
        var desk = try Desk.live()
        try desk.press(.character("3"), .character("K"))
        try desk.type("x")
        try desk.press(.enter, .enter)
        let kick = try #require(desk.requests(.kick).first)
        let kicked = Kicked(
            worker: World.worker("90QP"), epoch: 7, connectedFor: 1, willSent: true, sessionKept: true)
        try desk.done(kick, JSON.encoding(kicked))
        try desk.press(.character("L"), .escape)
        #expect(desk.status == "kicked ..90QP: session kept, will sent; waiting for what follows")
        try desk.pass(30_000)
        #expect(desk.status == "kicked ..90QP: session kept, will sent; waiting for what follows")
        let back = KickOutcome(
            request: kick.id, worker: kicked.worker, state: .back, after: 1300, sameAddress: true, epoch: 8)
        try desk.tell(.streamed(StreamMessage(at: desk.now, outcome: back)))
        try desk.press(.character("L"), .escape)
        #expect(desk.status == "kicked ..90QP: back after 1.3s, same address")
    }

    @Test func saysThatNothingWasSentOnlyUntilTheNextKey() throws {
        var desk = try Desk.live()
        try desk.press(.character("3"), .character("K"), .escape)
        #expect(desk.status == "nothing was sent")
        try desk.press(.down)
        #expect(desk.status == "6 workers, worst first, no filter")
        try desk.press(.character("K"), .escape)
        try desk.pass(3000)
        #expect(desk.status == "6 workers, worst first, no filter")
    }

    @Test func wantsAReasonAndHasCancelInFocus() throws {
        var desk = try Desk.live()
        try desk.press(.character("3"), .character("K"))
        #expect(desk.text().contains("< Cancel >"))
        try desk.press(.right)
        #expect(desk.text().contains("< Kick this worker >"))
        try desk.press(.enter)
        #expect(desk.text().contains("a reason is required"))
        #expect(desk.changing.isEmpty)
        try desk.press(.escape, .character("K"), .enter)
        #expect(desk.status == "nothing was sent")
        #expect(desk.changing.isEmpty)
    }

    @Test func takesAPasteAsTheReasonAndNothingElse() throws {
        var desk = try Desk.live()
        try desk.press(.paste("K"))
        try desk.press(.character("3"), .paste("K\n\n"))
        #expect(!desk.text().contains("kick worker"))
        try desk.press(.character("K"), .paste("line one\nline two\u{1b}[2J"))
        #expect(desk.text().contains("[line one line two[2J"))
        #expect(desk.changing.isEmpty)
    }

    @Test func saysWhyNotWhenItMayNot() throws {
        var viewer = try Desk.live { $0.hello.role = .viewer }
        try viewer.press(.character("3"), .character("K"))
        #expect(viewer.status == "alice may look, not act: ask for the role operator")
        #expect(viewer.row(0).contains("RO alice"))
        #expect(!viewer.text().contains("K kick"))

        var readOnly = Desk(mayAct: false)
        try readOnly.tell(.linkUp)
        try readOnly.press(.character("3"), .character("L"))
        #expect(readOnly.status == "this console was started read-only")

        var overview = try Desk.live()
        try overview.press(.character("K"))
        #expect(overview.status == "select a worker to kick: 3 shows the workers")
    }

    @Test func doesNotSendAfterTheLinkIsLost() throws {
        var desk = try Desk.live()
        try desk.press(.character("3"), .character("K"))
        try desk.type("gone")
        try desk.tell(.linkDown(reason: "closed", attempt: 1, retryIn: 1000))
        try desk.press(.enter, .enter)
        #expect(desk.changing.isEmpty)
        #expect(desk.status == "not while the broker is out of reach")
    }

    @Test func saysThatAnUnansweredKickIsInDoubt() throws {
        var desk = try Desk.live()
        try desk.press(.character("3"), .character("K"))
        try desk.type("x")
        try desk.press(.enter, .enter)
        try desk.tell(.linkDown(reason: "closed", attempt: 1, retryIn: 1000))
        #expect(desk.status == "the link was lost before the answer: see Events for what was done")
    }

    @Test func showsTheBrokersRefusal() throws {
        var desk = try Desk.live()
        try desk.press(.character("3"), .character("K"))
        try desk.type("x")
        try desk.press(.enter, .enter)
        let kick = try #require(desk.requests(.kick).first)
        try desk.refuse(kick, .stale, "worker has reconnected since it was listed")
        #expect(desk.status == "refused: worker has reconnected since it was listed")
    }
}

@Suite struct LevelTests {
    @Test func setsALevelWithAnEnd() throws {
        var desk = try Desk.live()
        try desk.press(.character("8"), .character("L"))
        #expect(desk.text().contains("[broker]"))
        // Scope, level, time.
        try desk.press(.backTab, .backTab, .right, .right)
        #expect(desk.text().contains("[keep]"))
        try desk.press(.left, .left, .left)
        #expect(desk.text().contains("[1m]"))
        try desk.press(.up, .right)
        #expect(desk.text().contains("[trace]"))
        try desk.press(.enter)
        #expect(desk.text().contains("< Set >"))
        try desk.press(.enter)
        let set = try #require(desk.requests(.logLevelSet).first)
        #expect(
            try set.args?.decoded(as: LogLevelChange.self)
                == LogLevelChange(scope: "broker", level: "trace", forMs: 60_000))
        try desk.done(set, JSON.encoding(World.levels))
        #expect(desk.status == "log level of broker set, 14 lines/s now")
    }

    @Test func takesALevelBack() throws {
        var desk = try Desk.live()
        try desk.press(.character("3"), .character("L"))
        #expect(desk.text().contains("[worker ..90QP]"))
        try desk.press(.right, .right)
        #expect(desk.text().contains("< Take back >"))
        try desk.press(.enter)
        let revert = try #require(desk.requests(.logLevelRevert).first)
        #expect(
            try revert.args?.decoded(as: LogLevelRevert.self)
                == LogLevelRevert(scope: "worker:\(World.worker("90QP"))"))
    }

    @Test func letsTheReasonBeTypedAtOnce() throws {
        var desk = try Desk.live()
        try desk.press(.character("2"), .character("L"))
        try desk.type("ticket 881")
        #expect(desk.text().contains("[ticket 881"))
        try desk.press(.enter, .enter)
        let set = try #require(desk.requests(.logLevelSet).first)
        #expect(set.reason == "ticket 881")
        #expect(
            try set.args?.decoded(as: LogLevelChange.self)
                == LogLevelChange(scope: "pool:\(World.pool1)", level: "debug", forMs: 600_000))
    }
}
