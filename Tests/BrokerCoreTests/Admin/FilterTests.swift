import AdminProtocol
import TestSupport
import Testing

@testable import BrokerCore

@Suite struct FilterTests {
    private struct Thing {
        var name: String
        var count = 0.0
        var at: Timestamp?
        var level = "info"
    }

    private let columns: [Column<Thing>] = [
        Column("name", ["alias"]) { thing, _ in .text(thing.name) },
        .number("count") { thing, _ in .number(thing.count) },
        .number("at") { thing, _ in .of(thing.at) },
        Column("level", rank: { LogLevel(named: $0).map { Double(-$0.rank) } }) { thing, _ in .text(thing.level) },
    ]
    private let scene = Scene()

    private func lets(_ filter: String, _ thing: Thing) throws -> Bool {
        let look = Look(observatory: scene.observatory, now: scene.now)
        return try FilterParser.parse(filter, columns).lets(thing, columns, look)
    }

    @Test(arguments: [
        ("", true), ("   ", true), ("alpha", true), ("ALPHA", true), ("beta", false), ("alp one", true),
        ("alpha and beta", false), ("alpha or beta", true), ("beta or alpha two", false), ("(beta or alpha) one", true),
        ("!beta", true), ("!alpha", false), ("not beta", true), ("!(beta or alpha)", false), ("name:alp", true),
        ("name=alp", false), ("name=\"alpha one\"", true), ("alias:ONE", true), ("\"alpha one\"", true),
        ("\"one alpha\"", false), ("count:7", true), ("count=7", true), ("count:8", false), ("count>6", true),
        ("count>7", false), ("count>=7", true), ("count<7.5", true), ("count<=6", false), ("count>10ms", false),
        ("count<0.01k", true), ("at>9s", true), ("at>11s", false), ("at<1m", true), ("level:info", true),
        ("level>=warn", false), ("level>=debug", true), ("level=info", true), ("10.0.0.1:80", false),
        ("name:b or count:7", true),
        ("name:alpha !count>7 (at<1h or at>2h)", true),
    ])
    func letsThrough(filter: String, isLet: Bool) throws {
        let thing = Thing(name: "Alpha one", count: 7, at: scene.now.wall - 10_000)
        #expect(try lets(filter, thing) == isLet)
    }

    @Test(arguments: [
        ("(", "filter, character 2: a word is missing"), ("(a", "filter, character 3: `)` is missing"),
        ("a)", "filter, character 2: `)` without `(`"), ("and", "filter, character 4: a word is missing"),
        ("a or", "filter, character 5: a word is missing"), ("!", "filter, character 2: a word is missing"),
        ("count>", "filter, character 7: a value is missing"), ("count>x", "filter, character 6: `x` is no number"),
        ("a colour:red", "filter, character 3: there is no field `colour`; there are name, count, at, level"),
        (String(repeating: "(", count: 100), "filter, character 33: nested too deep"),
    ])
    func saysWhereItIsWrong(filter: String, sentence: String) {
        do {
            _ = try lets(filter, Thing(name: ""))
            Issue.record("\(filter) was accepted")
        } catch {
            let error = error as? AdminError
            #expect(error?.code == .badArgument)
            #expect(error?.message == sentence)
            #expect(error?.field == "filter")
        }
    }

    @Test func knowsNoNumberWhereThereIsNone() throws {
        #expect(try !lets("at>0", Thing(name: "a")))
        #expect(try lets("!at>0", Thing(name: "a")))
    }

    @Test(arguments: 0..<10 as Range<UInt64>)
    func survivesAnyLine(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let words = [
            "(", ")", "!", "and", "or", "not", "name:", "count>", "a", "\"", ":", "=", "<", ">=", "9", "é", " ", "1d",
        ]
        for _ in 0..<500 {
            let line = (0..<Int.random(in: 0...12, using: &random)).map { _ in
                words[Int.random(in: 0..<words.count, using: &random)]
            }.joined(separator: Bool.random(using: &random) ? " " : "")
            _ = try? lets(line, Thing(name: "a"))
        }
    }
}
