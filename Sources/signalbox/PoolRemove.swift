import AdminProtocol
import ArgumentParser
import Authority
import BrokerCore
import ConsoleCore

/// `signalbox pool remove`: a pool and its certificate are forgotten.
struct PoolRemove: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Remove a pool; its workers are cut within a second and refused.",
        discussion: "Exit codes: 0 done, 1 refused or failed, 2 wrong usage.")

    @Argument(help: "The pool's ULID, or its name.")
    var pool: String

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var data: DataDirectoryOption

    func run() throws {
        let office = try Office(data)
        let pool = try office.pool(pool)
        try Office.sentence { try office.registrar.removePool(pool.id) }
        if json {
            Output.json(.object([.init("pool", PoolCommand.json(pool))]))
        } else {
            Output.remark("pool \(DisplayText(pool.name).text) \(pool.id) is removed")
        }
    }
}
