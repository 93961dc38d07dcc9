import BrokerCore

/// Who plays in the demo: pools, their workers, and who among them is in trouble. All of it follows from the seed.
package struct Cast: Equatable, Sendable {
    package let namespace: String
    package let pools: [PoolProfile]
    /// For the behaviours, so that they differ from cast to cast.
    package let dice: Dice

    package var workers: [WorkerProfile] { pools.flatMap(\.workers) }

    /// Those in trouble first, so that they are seen within seconds; the others shuffled, so that all pools fill at once.
    package var inOrderOfAppearance: [WorkerProfile] {
        var dice = dice
        let troubled = workers.filter { $0.part != .healthy && $0.part != .rival }
        let rivals = workers.filter { $0.part == .rival }
        return troubled + workers.filter { $0.part == .healthy }.shuffled(using: &dice) + rivals
    }

    private struct Sketch {
        let name: String
        let share: Int
        let load: Double
        let drained: Bool
        let versions: [String]
        /// Milliseconds since 1970.
        let createdAt: Int64
    }

    private static let sketches = [
        Sketch(
            name: "eu-terraform", share: 38, load: 0.8, drained: false, versions: ["2.4.1", "2.4.1", "2.4.1", "2.4.0"],
            createdAt: 1_762_074_000_000),
        Sketch(
            name: "eu-ansible", share: 12, load: 0, drained: true, versions: ["2.3.9"],
            createdAt: 1_757_318_400_000),
        Sketch(
            name: "shared-k8s", share: 180, load: 0.4, drained: false, versions: ["2.4.1", "2.4.1", "2.4.2-rc1"],
            createdAt: 1_748_736_000_000),
        Sketch(
            name: "us-tofu", share: 62, load: 0.3, drained: false, versions: ["2.4.0", "2.4.1"],
            createdAt: 1_753_862_400_000),
    ]
    private static let shares = sketches.reduce(0) { $0 + $1.share }

    /// How many workers there are unless somebody asks for another number.
    package static let usual = shares

    /// When the workers and runs of every cast were made: ids must follow from the seed alone.
    static let madeAt: Int64 = 1_763_700_000_000

    package init(seed: UInt64, workers: Int = Cast.usual, namespace: String = "spacelift") {
        var dice = Dice(seed: seed)
        var left = max(Cast.sketches.count, workers)
        var pools: [PoolProfile] = []
        for (place, sketch) in Cast.sketches.enumerated() {
            let others = Cast.sketches.count - place - 1
            let fair = max(1, max(Cast.sketches.count, workers) * sketch.share / Cast.shares)
            let count = others == 0 ? left : min(fair, left - others)
            left -= count
            pools.append(Cast.pool(sketch, count, namespace, &dice))
        }
        Cast.giveParts(to: &pools, &dice)
        self.namespace = namespace
        self.pools = pools
        self.dice = dice
    }

    private static func pool(
        _ sketch: Sketch, _ count: Int, _ namespace: String, _ dice: inout Dice
    ) -> PoolProfile {
        let id = dice.ulid(at: sketch.createdAt)
        let workers = (0..<count).map { number in
            WorkerProfile(
                namespace: namespace, pool: id, worker: dice.ulid(at: madeAt + Int64(number) * 97),
                version: sketch.versions[number % sketch.versions.count], instance: "i-0" + dice.hexadecimal(16),
                group: sketch.name + (number % 2 == 0 ? "-a" : "-b"), speaksOld: dice.once(in: 12),
                drained: sketch.drained, clockSkew: number == 4 ? 42_000 : Int64.random(in: -80...80, using: &dice))
        }
        return PoolProfile(id: id, name: sketch.name, load: sketch.load, workers: workers)
    }

    /// Gives some workers a fault. A small cast has only as many of them as it has room for.
    private static func giveParts(to pools: inout [PoolProfile], _ dice: inout Dice) {
        func give(_ part: Part, pool: Int, worker: Int, speaksOld: Bool = false) {
            guard worker < pools[pool].workers.count else { return }
            pools[pool].workers[worker].part = part
            pools[pool].workers[worker].speaksOld = speaksOld
        }
        give(.stuck(curable: true), pool: 0, worker: 0)
        give(.flapping, pool: 0, worker: 1)
        give(.stuck(curable: false), pool: 0, worker: 3)
        give(.trespassing(on: pools[2].id), pool: 0, worker: 2)
        give(.misdirected(to: pools[0].id), pool: 2, worker: 1, speaksOld: true)
        guard let victim = pools[3].workers.dropFirst(3).first else { return }
        var rival = victim
        rival.instance = "i-0" + dice.hexadecimal(16)
        rival.part = .rival
        pools[3].workers.append(rival)
    }
}
