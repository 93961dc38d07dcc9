import AdminProtocol
import ArgumentParser
import Authority
import BrokerCore

/// `signalbox pool reset`: another certificate for a pool, and no more use of the old one.
struct PoolReset: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reset",
        abstract: "Give a pool a new token; workers with the old one are cut within a second and refused.",
        discussion: "Exit codes: 0 done, 1 refused or failed, 2 wrong usage.")

    @Argument(help: "The pool's ULID, or its name.")
    var pool: String

    @OptionGroup var token: TokenOptions

    func run() throws {
        try token.run { office, request, endpoint in
            let pool = try office.pool(pool)
            return try Office.sentence { try office.registrar.resetPool(pool.id, for: request, endpoint: endpoint) }
        }
    }
}
