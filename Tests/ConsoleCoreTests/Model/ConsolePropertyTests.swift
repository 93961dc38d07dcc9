import AdminProtocol
import ConsoleCore
import TestSupport
import Testing

/// Any keys, any size, any news: nothing traps, every frame is whole, the way back exists.
@Suite struct ConsolePropertyTests {
    private static let plain: [Key] =
        "abcdefghijklmnoprstuvwxyz0123456789/<>?-.,:[]{}!*&|+= ".unicodeScalars.map { .character($0) }
        + "abdefghijklmnopqrstuvwxy".unicodeScalars.map { .control($0) }
        + [
            .up, .down, .left, .right, .controlLeft, .controlRight, .pageUp, .pageDown, .home, .end, .enter, .escape,
            .tab,
            .backTab, .backspace, .delete, .insert, .function(1), .function(5), .paste("K\n"), .paste("日本\u{1b}"),
        ]
    private static let capitals: [Key] = "GIKLQZBCDPTU".unicodeScalars.map { .character($0) }

    private func step(_ desk: inout Desk, _ keys: [Key], _ random: inout SeededRandom) throws {
        switch Int.random(in: 0..<20, using: &random) {
        case 0:
            try desk.tell(
                .resized(
                    Size(
                        columns: Int.random(in: 1...210, using: &random), rows: Int.random(in: 1...65, using: &random)))
            )
        case 1: try desk.pass(Int64.random(in: 1...7000, using: &random))
        case 2:
            desk.workers.shuffle(using: &random)
            desk.pools.shuffle(using: &random)
            if desk.workers.count > 2, Bool.random(using: &random) { desk.workers.removeLast() }
            try desk.pushAll()
        case 3:
            if Bool.random(using: &random) {
                try desk.tell(.linkDown(reason: "closed\u{1b}", attempt: 1, retryIn: 500))
            } else {
                try desk.tell(.linkUp)
            }
        case 4: desk.answers.toggle()
        default: if let key = keys.randomElement(using: &random) { try desk.press(key) }
        }
    }

    @Test(arguments: UInt64(1)...16) func takesAnyKeysAtAnySize(_ seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var desk = Desk(
            Int.random(in: 1...210, using: &random), Int.random(in: 1...65, using: &random))
        if seed % 3 != 0 { try desk.tell(.linkUp) }
        for turn in 0..<120 {
            try step(&desk, Self.plain + Self.capitals + Self.capitals, &random)
            let frame = desk.frame(unicode: turn % 2 == 0)
            #expect(Golden.isWhole(frame), "seed \(seed), turn \(turn), \(frame.size)")
        }
        // From anywhere, Esc leads to the root.
        try desk.tell(.resized(Size(columns: 80, rows: 24)))
        for _ in 0..<24 { try desk.press(.escape) }
        #expect(desk.row(2).contains("[1 Over]"), "seed \(seed)")
    }

    @Test(arguments: UInt64(1)...8) func changesNothingWithoutACapitalLetter(_ seed: UInt64) throws {
        var random = SeededRandom(seed: seed &+ 1000)
        var desk = try Desk.live(120, 40)
        for _ in 0..<250 { try step(&desk, Self.plain, &random) }
        #expect(desk.changing.isEmpty, "seed \(seed)")
    }

    @Test(arguments: UInt64(1)...6) func showsHostileNamesSafely(_ seed: UInt64) throws {
        var random = SeededRandom(seed: seed &+ 2000)
        func hostile() -> String {
            let parts = [
                "\u{1b}[2J", "\u{202e}", "日本語", "e\u{301}\u{301}\u{301}\u{301}", "\u{0}", "\n", "a", "worker",
                "\u{200d}", "👩", "/",
                "\u{e0041}", "\u{9b}", "\u{fffd}", "﷽", "\u{1f1e9}\u{1f1ea}",
            ]
            return (0..<Int.random(in: 0...9, using: &random)).compactMap { _ in parts.randomElement(using: &random) }
                .joined()
        }
        var desk = Desk(Int.random(in: 30...200, using: &random), Int.random(in: 6...60, using: &random))
        desk.hello.installation = hostile()
        desk.hello.environment = hostile()
        desk.hello.principal = hostile()
        desk.hello.endpoint = hostile()
        desk.hello.open = hostile()
        desk.hello.namespace = hostile()
        for place in desk.pools.indices {
            desk.pools[place].id = hostile()
            desk.pools[place].name = hostile()
            desk.pools[place].state = hostile()
            desk.pools[place].versions = [.init(version: hostile(), count: .max)]
            desk.pools[place].oldestQueuedAt = .min
            desk.pools[place].oldestConnectedAt = .min
            desk.pools[place].createdAt = .max
            desk.pools[place].inRate = .greatestFiniteMagnitude
        }
        for place in desk.workers.indices {
            desk.workers[place].id = hostile()
            desk.workers[place].pool = hostile()
            desk.workers[place].poolName = hostile()
            desk.workers[place].why = hostile()
            desk.workers[place].address = hostile()
            desk.workers[place].version = hostile()
            desk.workers[place].run = hostile()
            desk.workers[place].connectedAt = .min
            desk.workers[place].lastInAt = .min
            desk.workers[place].queued = .max
            desk.workers[place].inFlight = .max
        }
        for place in desk.denials.indices {
            desk.denials[place].client = hostile()
            desk.denials[place].topic = hostile()
            desk.denials[place].allowed = hostile()
            desk.denials[place].reason = hostile()
            desk.denials[place].differingLevel = [Int.min, -1, 0, 3, .max].randomElement(using: &random)
            desk.denials[place].samples = [.max, 0, .min]
            desk.denials[place].firstAt = .min
        }
        for place in desk.events.indices {
            desk.events[place].reason = hostile()
            desk.events[place].detail = hostile()
            desk.events[place].worker = hostile()
            desk.events[place].by = hostile()
            desk.events[place].at = [Int64.min, .max, 0].randomElement(using: &random) ?? 0
        }
        for place in desk.topics.indices {
            desk.topics[place].id = hostile()
            desk.topics[place].qos0 = .max
            desk.topics[place].qos1 = .max
            desk.topics[place].share = 1e300
            desk.topics[place].lastAt = .min
        }
        for place in desk.log.indices {
            desk.log[place].message = hostile() + hostile()
            desk.log[place].client = hostile()
            desk.log[place].at = .max
        }
        desk.detail.row = desk.workers[0]
        desk.detail.clientID = hostile()
        desk.detail.metadata = [hostile(): hostile()]
        desk.detail.waiting[0].topic = hostile()
        desk.detail.waiting[0].bytes = .max
        desk.detail.receiveMaximum = .max
        desk.detail.keepAlive = .max
        desk.overview.workers = .max
        desk.overview.workersChange = .min
        desk.overview.now = .max
        desk.overview.queue.oldestAge = .max
        desk.overview.queue.depth = .max
        desk.overview.alerts[0].text = hostile()
        desk.overview.alerts[0].since = .min
        desk.overview.levels.leases[0].scope = "worker:" + hostile()
        desk.overview.levels.leases[0].until = .max
        desk.overview.levels.leases[0].reason = hostile()
        desk.overview.sample.at = .max
        desk.overview.sample.received = .max
        try desk.tell(.linkUp)
        for key in "12346781K".unicodeScalars {
            try desk.press(.character(key))
            #expect(Golden.isWhole(desk.frame()))
            try desk.press(.enter, .down)
            #expect(Golden.isWhole(desk.frame(unicode: false)))
            try desk.press(.character("y"), .character("L"))
            #expect(Golden.isWhole(desk.frame()))
            try desk.press(.escape)
        }
        try desk.tell(.streamed(StreamMessage(watch: "overview", seq: 99, at: .min, snapshot: .null)))
        try desk.tell(.answered(Answer(id: desk.sent.last?.id ?? "", state: .done, at: .min)))
        try desk.pass(1)
        #expect(Golden.isWhole(desk.frame()))
    }
}
