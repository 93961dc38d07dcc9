import AdminProtocol
import ConsoleCore
import Testing

@Suite struct ListTests {
    @Test func staysOnTheFirstRowUntilTheOperatorHasMoved() throws {
        var desk = try Desk.live()
        #expect(desk.row(11).hasPrefix("> ..7QK2"))
        desk.pools.swapAt(0, 3)
        try desk.pass(10_000)
        try desk.pushAll()
        #expect(desk.row(11).hasPrefix("> ..XN44"))
        try desk.press(.down)
        desk.pools.swapAt(1, 3)
        try desk.pass(10_000)
        try desk.pushAll()
        #expect(desk.text().contains("\n> ..M3VB"))
    }

    private func selected(_ desk: Desk) -> String? {
        desk.text().split(separator: "\n").first { $0.hasPrefix("> ") }.map { String($0.dropFirst(2).prefix(6)) }
    }

    @Test func staysOnTheSelectedWorkerWhateverItsPlace() throws {
        var desk = try Desk.live()
        try desk.press(.character("3"), .down, .down)
        #expect(selected(desk) == "..5VXA")
        desk.workers.reverse()
        try desk.pass(10_000)
        try desk.pushAll()
        #expect(selected(desk) == "..5VXA")
    }

    @Test func keepsTheOrderWhileSomebodyAims() throws {
        var desk = try Desk.live()
        try desk.press(.character("3"))
        try desk.pass(6000)
        try desk.press(.down)
        desk.workers.reverse()
        try desk.pushAll()
        #expect(desk.row(4).contains("..90QP"))
        try desk.pass(2900)
        #expect(desk.row(4).contains("..90QP"))
        try desk.pass(3000)
        #expect(desk.row(4).contains("..1B7C"))
        #expect(selected(desk) == "..22KD")
    }

    @Test func copiesTheWholeID() throws {
        var desk = try Desk.live()
        try desk.press(.character("3"), .character("y"))
        #expect(desk.others == [.copy(World.worker("90QP"))])
    }

    @Test func letsTheBrokerSort() throws {
        var desk = try Desk.live()
        try desk.press(.character("4"))
        #expect(desk.status.contains("sort MSG/s desc"))
        try desk.press(.character(">"))
        #expect(try desk.requests(.watchSet).last?.args?.decoded(as: WatchQuery.self).query?.sort == "-rate60s")
        try desk.press(.character("I"))
        #expect(try desk.requests(.watchSet).last?.args?.decoded(as: WatchQuery.self).query?.sort == "rate60s")
        #expect(desk.status.contains("sort 1m asc"))
        try desk.press(.character("<"), .character("<"))
        #expect(try desk.requests(.watchSet).last?.args?.decoded(as: WatchQuery.self).query?.sort == "id")
    }

    @Test func letsTheBrokerFilterAndShowsItsComplaint() throws {
        var desk = try Desk.live()
        try desk.press(.character("3"), .character("/"))
        try desk.type("state:stuck")
        #expect(desk.status.hasPrefix("/ state:stuck"))
        desk.answers = false
        try desk.press(.enter)
        let request = try #require(desk.requests(.watchSet).last)
        #expect(try request.args?.decoded(as: WatchQuery.self).query?.filter == "state:stuck")
        try desk.refuse(request, .badArgument, "the filter ends inside a parenthesis, at 4")
        #expect(desk.status == "the filter ends inside a parenthesis, at 4")
        try desk.pass(20_000)
        #expect(desk.text().contains("the filter ends inside a parenthesis"), "it stays in the place of the rows")
        desk.answers = false
        let sent = desk.sent.count
        try desk.tell(.key(.down))
        #expect(desk.sent.count == sent, "what was refused is not asked for again and again")
    }

    @Test func typesKeysIntoTheFilterAndGivesNoCommand() throws {
        var desk = try Desk.live()
        try desk.press(.character("3"), .character("/"))
        try desk.type("Kq1z")
        #expect(desk.status.hasPrefix("/ Kq1z"))
        try desk.press(.control("w"), .paste("pool:\u{1b}7QK2\n"))
        #expect(desk.status.hasPrefix("/ pool:7QK2"))
        try desk.press(.escape)
        #expect(!desk.status.hasPrefix("/"))
        #expect(desk.others.isEmpty)
    }

    @Test func asksForTheWindowAroundTheScreenOnly() throws {
        var desk = Desk(80, 24)
        desk.workers = (0..<5000).map {
            WorkerRow(id: "w\($0)", pool: World.pool1, poolName: "big", address: "10.0.0.1:1")
        }
        try desk.tell(.linkUp)
        try desk.press(.character("3"))
        let first = try #require(try desk.requests(.watchOpen).last?.args?.decoded(as: WatchQuery.self).query)
        #expect(first.offset == 0 && (first.limit ?? 0) <= 60)
        try desk.press(.character("G"))
        #expect(desk.text().contains("w4999"))
        #expect(desk.status.hasSuffix("5000/5000"))
        #expect(selected(desk)?.hasPrefix("w4999") == true)
        let last = try #require(try desk.requests(.watchSet).last?.args?.decoded(as: WatchQuery.self).query)
        #expect((last.offset ?? 0) > 4900)
        try desk.press(.character("g"))
        #expect(desk.text().contains("w0 "))
        let before = desk.requests(.watchSet).count
        for _ in 0..<25 { try desk.press(.down) }
        #expect(desk.requests(.watchSet).count <= before + 1, "scrolling rarely asks")
        #expect(selected(desk)?.hasPrefix("w25") == true)
    }

    @Test func followsTheNewestLineUntilTheCursorLeavesIt() throws {
        var desk = try Desk.live()
        try desk.press(.character("8"))
        let new = LogRow(id: "10", at: desk.now, level: .info, subsystem: "broker", message: "a new line")
        desk.log.insert(new, at: 0)
        try desk.pushAll()
        #expect(desk.row(5).contains("a new line") && desk.row(5).hasPrefix(">"))
        try desk.press(.down)
        desk.log.insert(LogRow(id: "11", at: desk.now, level: .info, subsystem: "broker", message: "newer"), at: 0)
        try desk.pushAll()
        let marked = desk.text().split(separator: "\n").first { $0.hasPrefix("> ") }
        #expect(marked?.contains("in-flight window full") == true)
    }

    @Test func freezesThePictureAndGoesOnWhereTheBrokerIs() throws {
        var desk = try Desk.live()
        try desk.press(.character("3"), .character("z"))
        desk.workers.removeFirst()
        desk.now += 9000
        try desk.pushAll()
        #expect(desk.text().contains("..90QP"))
        #expect(desk.row(0).contains("FROZEN 12:04:31"))
        #expect(desk.row(0).contains("live 12:04:40"))
        try desk.press(.character("z"))
        #expect(!desk.text().contains("> ..90QP"))
        #expect(desk.row(0).contains("live 12:04:40") && !desk.row(0).contains("FROZEN"))
    }

    @Test func opensThePoolsWorkersAndFindsTheWayBack() throws {
        var desk = try Desk.live()
        try desk.press(.character("2"), .down, .enter)
        #expect(desk.row(2).contains("pool ..M3VB"))
        #expect(try desk.requests(.watchOpen).last?.args?.decoded(as: WatchQuery.self).query?.pool == World.pool2)
        try desk.press(.enter)
        #expect(desk.row(2).contains("worker ..90QP"))
        try desk.press(.escape, .escape)
        #expect(desk.row(2).contains("[2 Pools]"))
        #expect(selected(desk) == "..M3VB")
        try desk.press(.character("q"))
        #expect(desk.row(2).contains("[1 Over]"))
        #expect(desk.others.isEmpty)
        try desk.press(.character("q"))
        #expect(desk.others == [.quit])
    }

    @Test func looksAtTheTopUntilSomebodyMoves() throws {
        var desk = try Desk.live()
        desk.pools.reverse()
        try desk.pass(10_000)
        try desk.pushAll()
        #expect(selected(desk) == "..XN44")
    }

    @Test func leavesSubscriptionsOutOfTheEventsUntilTheyAreAskedFor() throws {
        var desk = try Desk.live()
        try desk.press(.character("7"))
        #expect(desk.status.hasPrefix("/ !what:SUB"))
        try desk.press(.character("/"), .control("u"), .enter)
        #expect(desk.status.contains("no filter"))
        #expect(try desk.requests(.watchSet).last?.args?.decoded(as: WatchQuery.self).query?.filter == nil)
    }

    @Test func opensTheCauseOfAnAlert() throws {
        var desk = try Desk.live(120, 40)
        try desk.press(.backTab, .down, .enter)
        #expect(desk.row(2).contains("[3 Workers]"))
        #expect(desk.status.contains("pool:7QK2"))
    }

    @Test func saysWhichViewsTheBrokerDoesNotOffer() throws {
        var desk = try Desk.live()
        try desk.press(.character("5"))
        #expect(desk.status == "5 Tail: this broker does not offer it yet")
        try desk.press(.character("3"), .character("-"))
        #expect(desk.row(2).contains("[1 Over]"))
    }
}
