import Foundation
import Testing

/// The whole core in invented worlds, by seed: the same seed is the same world. [T-13, T-14, X-25]
///
/// `SIGNALBOX_SIMULATION_SEEDS=5000` tries more of them, `SIGNALBOX_SIMULATION_FIRST=77` begins elsewhere.
struct SimulationTests {
    static let first = number("SIGNALBOX_SIMULATION_FIRST") ?? 1
    static let seeds = first..<first + (number("SIGNALBOX_SIMULATION_SEEDS") ?? 40)

    // covers: MQTT-2.2.1-4 (5.0), MQTT-3.1.2-4 (5.0), MQTT-3.1.2-5 (5.0), MQTT-3.1.2-6 (5.0), MQTT-3.1.2-8 (5.0)
    // covers: MQTT-3.1.3-9 (5.0), MQTT-3.2.0-1 (5.0), MQTT-3.2.0-2 (5.0), MQTT-3.2.2-2 (5.0), MQTT-3.2.2-3 (5.0)
    // covers: MQTT-3.3.1-1 (5.0), MQTT-3.3.1-11 (5.0), MQTT-3.3.1-12 (5.0), MQTT-3.3.1-13 (5.0), MQTT-3.3.2-5 (5.0)
    // covers: MQTT-3.3.2-6 (5.0), MQTT-3.3.2-11 (5.0), MQTT-3.8.3-3 (5.0), MQTT-3.8.4-8 (5.0), MQTT-4.1.0-1 (5.0)
    // covers: MQTT-4.1.0-2 (5.0), MQTT-4.3.2-3 (5.0), MQTT-4.3.2-4 (5.0), MQTT-4.3.3-10 (5.0), MQTT-4.4.0-1 (5.0)
    // covers: MQTT-4.6.0-5 (5.0), MQTT-4.8.2-3 (5.0), MQTT-4.8.2-4 (5.0), MQTT-4.8.2-5 (5.0), MQTT-4.8.2-6 (5.0)
    // covers: MQTT-4.9.0-2 (5.0), MQTT-2.3.1-4 (3.1.1), MQTT-3.1.2-4 (3.1.1), MQTT-3.1.2-6 (3.1.1)
    // covers: MQTT-4.3.2-2 (3.1.1), MQTT-4.4.0-1 (3.1.1), MQTT-4.6.0-6 (3.1.1)
    @Test func keepsEveryRuleInEveryWorld() async {
        await withTaskGroup { group in
            for part in 0..<4 {
                group.addTask {
                    for seed in SimulationTests.seeds where seed % 4 == part {
                        World.play(seed, steps: 3_000)
                    }
                }
            }
        }
    }

    private static func number(_ key: String) -> Int? {
        ProcessInfo.processInfo.environment[key].flatMap { Int($0) }
    }
}
