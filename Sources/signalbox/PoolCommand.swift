import AdminProtocol
import ArgumentParser
import Authority
import BrokerCore
import ConsoleCore

/// `signalbox pool`: which worker pools there are, and their tokens.
struct PoolCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pool",
        abstract: "Add, list, reset and remove worker pools.",
        discussion: """
            Works on the data directory, whether the broker runs or not; a running one follows within a second.
            A certificate proves the pool, not the worker: inside a pool, worker ids are self-declared.
            """,
        subcommands: [PoolAdd.self, PoolList.self, PoolReset.self, PoolRemove.self])

    static func json(_ pool: Registry.Pool) -> JSON {
        .object([
            .init("id", .string(pool.id.description)), .init("name", .string(pool.name)),
            .init("fingerprint", .string(pool.fingerprint)), .init("created_at", .int(pool.createdAt)),
            .init("issued_at", .int(pool.issuedAt)), .init("expires_at", .int(pool.expiresAt)),
            .init("generation", .int(Int64(pool.generation))),
        ])
    }

    /// Hands out what was issued: the token on standard output and, if asked for, files beside it.
    static func deliver(_ issued: Registrar.IssuedPool, to out: String?, json: Bool) throws {
        let token = try issued.token.base64()
        if let out {
            try Office.write(
                [
                    ("token", token + "\n"), ("cert.pem", issued.certificate.pem), ("ca.pem", issued.token.broker.ca),
                ], to: out)
        }
        if json {
            Output.json(.object([.init("pool", PoolCommand.json(issued.pool)), .init("token", .string(token))]))
        } else {
            Output.remark("pool \(DisplayText(issued.pool.name).text) \(issued.pool.id); its token:")
            Output.line(token)
        }
    }
}
