import Testing

/// The door and the penalties behind it in invented worlds, by seed. [T-02, T-22, T-31, T-72]
///
/// `SIGNALBOX_SIMULATION_SEEDS` and `SIGNALBOX_SIMULATION_FIRST` are as for the other simulation.
struct DoorTests {
    @Test func nobodyPaysForAnotherAndEverythingIsCounted() async {
        let seeds = SimulationTests.seeds
        let seen = await withTaskGroup(of: Set<DoorWorld.Sight>.self) { group in
            for part in 0..<4 {
                group.addTask {
                    var seen: Set<DoorWorld.Sight> = []
                    for seed in seeds where seed % 4 == part {
                        seen.formUnion(DoorWorld.play(seed, steps: 1_500).seen)
                    }
                    return seen
                }
            }
            var seen: Set<DoorWorld.Sight> = []
            for await part in group { seen.formUnion(part) }
            return seen
        }
        guard seeds.count >= 40 else { return }
        let missing = DoorWorld.Sight.allCases.filter { !seen.contains($0) }
        #expect(missing.isEmpty, "these worlds are about all that can happen at a door")
    }
}
