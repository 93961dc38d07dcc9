import AdminProtocol
import ArgumentParser
import Authority
import ConsoleCore

/// `signalbox credential revoke`: a certificate is nobody's from now on.
struct CredentialRevoke: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Revoke a credential; its connections are cut within a second.",
        discussion: "Exit codes: 0 done, 1 refused or failed, 2 wrong usage.")

    @Argument(help: "The credential's name.")
    var name: String

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var data: DataDirectoryOption

    func run() throws {
        let office = try Office(data)
        try Office.sentence { try office.registrar.revokeCredential(name) }
        if json {
            Output.json(.object([.init("revoked", .string(name))]))
        } else {
            Output.remark("credential \(DisplayText(name).text) is revoked")
        }
    }
}
