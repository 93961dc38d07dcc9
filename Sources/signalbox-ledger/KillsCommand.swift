import AdminProtocol
import ArgumentParser
import Glibc
import Ledger

/// `kills`: the broker or its database dies again and again under load.
struct KillsCommand: ParsableCommand {
    enum Victim: String, ExpressibleByArgument, CaseIterable {
        case broker
        case postgres
        case both
    }

    static let configuration = CommandConfiguration(
        commandName: "kills",
        abstract: "Kill the broker or its database under load, again and again. [X-01, X-03]",
        discussion: """
            Many kills are split into runs of at most 50, each with a seed and a store of its own and a line of JSON. \
            Before them a broker that acknowledges first and commits later is judged in the same way: it must be caught.
            """)

    @Option(help: "The store under the broker: sqlite or postgres.")
    var store = Store.sqlite

    @Option(help: "How many kills in all.")
    var kills = 100

    @Option(help: "Who is killed: broker, postgres or both in turns.")
    var kill = Victim.broker

    @Flag(help: "Only the control: the broker that lies.")
    var onlyControl = false

    @OptionGroup var shared: SharedOptions

    private static let perRun = 50

    func validate() throws {
        guard (0...1_000_000).contains(kills) else { throw ValidationError("accepted are 0 to 1000000 kills") }
        guard kill == .broker || store == .postgres else {
            throw ValidationError("only a postgres can be killed: say --store postgres")
        }
    }

    func run() throws {
        var screen = Screen(json: shared.json)
        var totals = Totals(kills: kills)
        do {
            try control(&screen)
            guard !onlyControl else { return }
            var left = kills
            var seed = shared.seed
            while left > 0 {
                let report = try oneRun(seed: seed, kills: min(left, KillsCommand.perRun), &totals, &screen)
                totals.add(report)
                screen.result(report.json("kills").text)
                for reason in report.reasons() { screen.remark("  \(reason)") }
                left -= min(left, KillsCommand.perRun)
                seed &+= 1
            }
        } catch let failure as Failure {
            screen.result("the run could not be made: \(failure)")
            throw ExitCode(70)
        } catch let skipped as Skipped {
            screen.result("SKIPPED: \(skipped)")
            throw ExitCode(70)
        }
        screen.remark(totals.text)
        guard totals.failed == 0 else { throw ExitCode(1) }
    }

    /// A broker that lies must be caught by the very same run, or the run counts for nothing. [C0]
    private func control(_ screen: inout Screen) throws {
        var settings = try shared.settings(seed: shared.seed)
        settings.program = [try SharedOptions.own(), "lying-broker"]
        let trial = try Trial(settings, backend: backend)
        var report: Report
        do {
            try trial.start()
            for _ in 0..<3 {
                // It dies a moment after it has promised something, however slow the machine is.
                let promised = trial.crew.now.promised
                guard RunClock.wait(atMost: 30_000_000, until: { trial.crew.now.promised >= promised + 50 }) else {
                    throw Failure("a broker that acknowledges first does not even acknowledge")
                }
                try trial.killBroker()
            }
            report = try trial.finish()
        } catch {
            trial.abandon(keeping: false)
            throw error
        }
        // What a liar lost need not be looked at.
        trial.place.leave()
        report.kept = nil
        let caught = report.verdict.count(of: .noLoss)
        screen.result(report.json("control, a broker that lies").text)
        guard caught > 0 else {
            screen.result("a broker that acknowledges first was not caught: this run counts for nothing")
            throw ExitCode(3)
        }
        screen.remark(
            "the broker that lies was caught: \(caught) of \(report.verdict.acknowledged) acknowledged are lost")
    }

    private func oneRun(seed: UInt64, kills: Int, _ totals: inout Totals, _ screen: inout Screen) throws -> Report {
        let trial = try Trial(shared.settings(seed: seed), backend: backend)
        do {
            try trial.start()
            for number in 0..<kills {
                try livesOn(trial)
                try strike(trial, number)
                totals.killed += 1
                screen.progress(totals.line(trial.crew.now))
            }
            trial.pass(300_000)
            return try trial.finish()
        } catch {
            trial.abandon(keeping: true)
            throw Failure("\(error) (seed \(seed), evidence in \(trial.place.path))")
        }
    }

    /// Up to half a second of work, in which some workers lose their connections.
    private func livesOn(_ trial: Trial) throws {
        var rest = Int64(trial.dice.below(500_000))
        while trial.dice.below(3) == 0, rest > 0 {
            let portion = Int64(trial.dice.below(Int(rest)))
            trial.pass(portion)
            rest -= portion
            trial.crew.cut(trial.dice.below(1 << 20))
        }
        trial.pass(rest)
    }

    private func strike(_ trial: Trial, _ number: Int) throws {
        switch kill {
        case .broker: try trial.killBroker(stumbles: trial.dice.below(10) == 0)
        case .postgres: try trial.killDatabase()
        case .both:
            if number % 2 == 0 {
                try trial.killBroker(stumbles: trial.dice.below(10) == 0)
            } else {
                try trial.killDatabase()
            }
        }
    }

    private func backend(_ place: Place, _ data: String) throws -> any Backend {
        switch store {
        case .sqlite: SQLiteBackend(data: data)
        case .postgres: try PostgresBackend(in: place)
        }
    }
}
