import AdminProtocol
import ArgumentParser
import Authority
import ConsoleCore

/// `signalbox credential list`: who may come in besides pools, and who may no longer.
struct CredentialList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the credentials, the revoked ones too.",
        discussion: "Exit codes: 0 done, 1 refused or failed, 2 wrong usage.")

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var data: DataDirectoryOption

    func run() throws {
        let office = try Office(data)
        let credentials = try Office.sentence { try office.registrar.file.read().credentials }
        if json {
            return Output.json(.object([.init("credentials", .array(credentials.map(CredentialCommand.json)))]))
        }
        Output.table(
            CredentialList.table(of: credentials, at: Clock.wall()),
            orSay: "no credentials; signalbox credential issue makes one")
    }

    static func table(of credentials: [Registry.Credential], at now: Timestamp) -> TextTable {
        TextTable(
            columns: [
                .left("NAME"), .left("ROLE"), .left("STATE"), .left("ISSUED"), .left("EXPIRES"), .left("CERTIFICATE"),
            ],
            rows: credentials.map { credential in
                [
                    DisplayText(credential.name), DisplayText(credential.role.rawValue), state(of: credential, at: now),
                    Output.when(credential.createdAt), Figures.date(credential.expiresAt),
                    DisplayText(String(credential.fingerprint.prefix(16))),
                ]
            })
    }

    private static func state(of credential: Registry.Credential, at now: Timestamp) -> DisplayText {
        if let revokedAt = credential.revokedAt { return "revoked \(Output.when(revokedAt))" }
        return credential.expiresAt <= now ? "expired" : "in force"
    }
}
