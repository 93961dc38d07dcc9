import AdminProtocol
import ArgumentParser

extension FaultStory: ExpressibleByArgument {}

/// `faults`: each of the others once.
struct FaultsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "faults",
        abstract: "Fill disks, make syncs fail, hold commits back, freeze the store: each once, under load.",
        discussion: """
            A fault that this machine cannot make is SKIPPED, with the reason, and never counted as passed; with \
            --strict it is a failure.
            """)

    @Option(help: "Only these; may be repeated: \(FaultStory.allCases.map(\.rawValue).joined(separator: ", ")).")
    var only: [FaultStory] = []

    @Option(help: "Only those with this store under the broker.")
    var store: Store?

    @Option(help: "Seconds for which a store stands still.")
    var frozen = 5

    @Flag(help: "What is skipped fails.")
    var strict = false

    @OptionGroup var shared: SharedOptions

    func validate() throws {
        guard (1...3_600).contains(frozen) else { throw ValidationError("accepted are 1 to 3600 seconds") }
    }

    func run() throws {
        var screen = Screen(json: shared.json)
        var hasFailed = false
        let chosen = FaultStory.allCases.filter {
            (only.isEmpty || only.contains($0)) && (store == nil || store == $0.store)
        }
        for story in chosen {
            screen.remark("\(story.rawValue): \(story.title)")
            do {
                let report = try story.play(shared.settings(seed: shared.seed), frozen: Int64(frozen) * 1_000_000)
                screen.result(report.json(story.rawValue).text)
                for reason in report.reasons() { screen.remark("  \(reason)") }
                if !report.holds { hasFailed = true }
            } catch let skipped as Skipped {
                say(story, "skipped", "\(skipped)", &screen)
                if strict { hasFailed = true }
            } catch let failure as Failure {
                say(story, "failed", "\(failure)", &screen)
                hasFailed = true
            }
        }
        guard !hasFailed else { throw ExitCode(1) }
    }

    private func say(_ story: FaultStory, _ how: String, _ why: String, _ screen: inout Screen) {
        screen.remark("\(how == "skipped" ? "SKIPPED" : "FAILED"): \(why)")
        guard shared.json else { return }
        screen.result(
            JSON.object([
                JSON.Member("run", .string(story.rawValue)), JSON.Member("holds", .bool(false)),
                JSON.Member(how, .string(why)),
            ]).text)
    }
}
