import AdminProtocol
import TestSupport
import Testing

@Suite struct DeltaTests {
    @Test(arguments: 0..<40 as Range<UInt64>)
    func turnsAnyValueIntoAnyOther(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for _ in 0..<50 {
            let old = JSON.random(depth: 4, using: &random)
            let new = Bool.random(using: &random) ? old.mutated(using: &random) : .random(depth: 4, using: &random)
            let delta = old.delta(to: new)
            #expect(old.applying(delta) == new)
            let travelled = try #require(Delta(JSON(parsing: delta.json.bytes)))
            #expect(travelled == delta)
            #expect((delta == .unchanged) == (old == new))
        }
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func refusesOrFitsWhateverItIsAppliedTo(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<50 {
            let delta = JSON.random(depth: 4, using: &random).delta(to: .random(depth: 4, using: &random))
            expectRefusalOrFit(delta, .random(depth: 4, using: &random))
            if let strange = Delta(JSON.random(depth: 4, using: &random)) {
                expectRefusalOrFit(strange, .random(depth: 4, using: &random))
            }
        }
    }

    /// What comes out is what the delta says, whatever it was made from, and no longer than both together allow.
    private func expectRefusalOrFit(_ delta: Delta, _ value: JSON) {
        let result = value.applying(delta)
        switch (delta, value) {
        case (.unchanged, _): #expect(result == value)
        case (.replaced(let other), _): #expect(result == other)
        case (.object(let removed, let changed, let inserted), .object(let members)):
            guard let result else { return }
            #expect(result.members?.count == members.count - removed.count + inserted.count)
            if let last = inserted.last { #expect(result.members?.contains(last.member) == true) }
            #expect(changed.allSatisfy { change in members.contains { $0.key == change.key } })
        case (.rows(let rows, _), .array(let old)):
            guard let result else { return }
            let counts = rows.map { if case .kept(_, let count) = $0 { count } else { 1 } }
            #expect(result.array?.count == counts.reduce(0, +))
            #expect(counts.reduce(0, +) <= old.count * 2 + rows.count)
        case (.object, _), (.rows, _): #expect(result == nil)
        }
    }

    @Test func saysOnlyWhatChanged() throws {
        let old = try JSON(parsing: Array(#"{"rows":[{"id":"a","n":1,"s":"x"},{"id":"b","n":2}],"total":2}"#.utf8))
        let new = try JSON(
            parsing: Array(#"{"rows":[{"id":"c","n":9},{"id":"a","n":1,"s":"y"},{"id":"b","n":2}],"total":3}"#.utf8))
        #expect(
            old.delta(to: new).json.text
                == #"{"change":{"rows":{"rows":[{"id":"c","n":9},[0,2]],"within":[[0,{"change":{"s":"y"}}]]},"total":3}}"#
        )
    }

    @Test func keepsAbsentAndNullApart() {
        let absent = JSON.object([])
        let null = JSON.object([.init("a", .null)])
        #expect(absent.applying(absent.delta(to: null)) == null)
        #expect(null.applying(null.delta(to: absent)) == absent)
        #expect(absent.delta(to: null) != .unchanged)
    }

    @Test func refusesToBeAppliedToAnotherValue() {
        let delta = JSON.object([.init("a", .int(1))]).delta(to: .object([.init("a", .int(2))]))
        #expect(JSON.object([.init("b", .int(1))]).applying(delta) == nil)
        #expect(JSON.array([]).applying(.rows([.kept(from: 0, count: .max)], changed: [])) == nil)
        #expect(JSON.array([.null]).applying(.rows([.kept(from: .max, count: 1)], changed: [])) == nil)
    }
}

extension JSON {
    fileprivate func mutated(using random: inout SeededRandom) -> JSON {
        switch self {
        case .null, .bool, .int, .double, .string: return .random(depth: 1, using: &random)
        case .array(var elements):
            if Bool.random(using: &random) { elements.shuffle(using: &random) }
            if let place = elements.indices.randomElement(using: &random) {
                if Bool.random(using: &random) {
                    elements.remove(at: place)
                } else {
                    elements[place] = elements[place].mutated(using: &random)
                }
            }
            return .array(elements)
        case .object(var members):
            guard let place = members.indices.randomElement(using: &random) else { return self }
            switch Int.random(in: 0..<4, using: &random) {
            case 0: members.remove(at: place)
            case 1: members.shuffle(using: &random)
            case 2: members.insert(Member("new", .random(depth: 1, using: &random)), at: place)
            default:
                if members[place].key != "id" { members[place].value = members[place].value.mutated(using: &random) }
            }
            return .object(members)
        }
    }
}
