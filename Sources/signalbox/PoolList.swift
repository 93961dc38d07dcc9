import AdminProtocol
import ArgumentParser
import Authority
import BrokerCore
import ConsoleCore

/// `signalbox pool list`: the pools of the registry.
struct PoolList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the pools and their certificates.",
        discussion: "Exit codes: 0 done, 1 refused or failed, 2 wrong usage.")

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var data: DataDirectoryOption

    func run() throws {
        let office = try Office(data)
        let pools = try Office.sentence { try office.registrar.file.read().pools }
        if json { return Output.json(.object([.init("pools", .array(pools.map(PoolCommand.json)))])) }
        Output.table(PoolList.table(of: pools), orSay: "no pools; signalbox pool add NAME --csr FILE makes one")
    }

    static func table(of pools: [Registry.Pool]) -> TextTable {
        TextTable(
            columns: [
                .left("POOL"), .left("ID"), .right("TOKEN"), .left("ISSUED"), .left("EXPIRES"), .left("CERTIFICATE"),
            ],
            rows: pools.map { pool in
                [
                    DisplayText(pool.name), DisplayText(pool.id.description), "\(pool.generation)",
                    Output.when(pool.issuedAt), Figures.date(pool.expiresAt),
                    DisplayText(String(pool.fingerprint.prefix(16))),
                ]
            })
    }
}
