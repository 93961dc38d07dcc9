import AdminProtocol
import BrokerCore
import MQTT
import TestSupport
import Testing

/// A world that is drawn from a seed, step by step, and writes down what happens.
protocol SeededWorld: AnyObject {
    init(seed: UInt64)

    var random: SeededRandom { get set }
    var now: Moment { get }
    var step: Int { get }
    /// What happened last, for whoever has to understand a violation.
    var trail: [String] { get set }

    func run(steps: Int) throws
}

extension SeededWorld {
    /// The world of that seed after so many steps, or after the first violation, which is told.
    @discardableResult
    static func play(_ seed: Int, steps: Int) -> Self {
        let world = Self(seed: UInt64(seed))
        do {
            try world.run(steps: steps)
        } catch {
            let trail = world.trail.suffix(60).joined(separator: "\n")
            Issue.record("seed \(seed), step \(world.step): \(error)\n\(trail)")
        }
        return world
    }

    func note(_ what: @autoclosure () -> String) {
        trail.append("\(step), \(now.nanoseconds / 1_000_000) ms: \(what())")
        if trail.count > 400 { trail.removeFirst(200) }
    }

    func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    func pick<Element>(_ elements: [Element]) -> Element? { elements.randomElement(using: &random) }

    // MARK: Names

    func topic(_ text: String) -> TopicName { known(TopicName(text), text) }

    func filter(_ text: String) -> TopicFilter { known(TopicFilter(text), text) }

    func clientID(_ text: String) -> ClientID { known(ClientID(text), text) }

    static func ulid(_ number: UInt64) -> ULID { ULID(high: 0x0190_0000_0000_0000, low: number) }

    private func known<Name>(_ name: Name?, _ text: String) -> Name {
        guard let name else { preconditionFailure("a fixture is wrong: \(text)") }
        return name
    }
}
