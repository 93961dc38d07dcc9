import Foundation
import Testing

/// The whole core in invented worlds, by seed: the same seed is the same world.
///
/// `SIGNALBOX_SIMULATION_SEEDS=5000` tries more of them, `SIGNALBOX_SIMULATION_FIRST=77` begins elsewhere.
struct SimulationTests {
    static let first = number("SIGNALBOX_SIMULATION_FIRST") ?? 1
    static let seeds = first..<first + (number("SIGNALBOX_SIMULATION_SEEDS") ?? 40)

    @Test func keepsEveryRuleInEveryWorld() async {
        await withTaskGroup { group in
            for part in 0..<4 {
                group.addTask {
                    for seed in SimulationTests.seeds where seed % 4 == part {
                        SimulationTests.tryWorld(seed)
                    }
                }
            }
        }
    }

    private static func tryWorld(_ seed: Int) {
        let world = World(seed: UInt64(seed))
        do {
            try world.run(steps: 3_000)
        } catch {
            let trail = world.trail.suffix(60).joined(separator: "\n")
            Issue.record("seed \(seed), step \(world.step): \(error)\n\(trail)")
        }
    }

    private static func number(_ key: String) -> Int? {
        ProcessInfo.processInfo.environment[key].flatMap { Int($0) }
    }
}
