import AdminProtocol
import ArgumentParser
import Authority
import ConsoleCore

/// `signalbox credential issue`: a certificate for the platform or for an operator.
struct CredentialIssue: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "issue",
        abstract: "Issue a credential; without --csr its key is made here and written to --out.",
        discussion: """
            backend connects to the workers' listener; viewer, operator and security to the admin listener.
            Exit codes: 0 done, 1 refused or failed, 2 wrong usage.
            """)

    @Option(help: ArgumentHelp("backend, viewer, operator or security.", valueName: "role"))
    var role: CredentialRole

    @Option(help: ArgumentHelp("Who it is; unique among those in force.", valueName: "name"))
    var name: String

    @Option(help: ArgumentHelp("A certificate signing request, PEM; - for standard input.", valueName: "file"))
    var csr: String?

    @Option(help: ArgumentHelp("Write cert.pem, ca.pem and the key that was made there.", valueName: "directory"))
    var out: String?

    @Option(help: ArgumentHelp("Days it lasts, 1 to 3650.", valueName: "days"))
    var days = Registrar.credentialDays

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var data: DataDirectoryOption

    func validate() throws {
        guard csr != nil || out != nil else {
            throw ValidationError("say --csr FILE, or --out DIRECTORY for the key that is made")
        }
        try check("--days", days, in: 1...3_650)
    }

    func run() throws {
        let pair = csr == nil ? try KeyPair() : nil
        let request = try pair?.request ?? Office.request(csr ?? "-")
        let office = try Office(data)
        let issued = try Office.sentence {
            try office.registrar.issueCredential(named: name, role: role, for: request, days: days)
        }
        if let out {
            var files = [
                (name: "cert.pem", text: issued.certificate.pem),
                // Whoever connects trusts the authority of the broker's certificate, whatever signed their own.
                (name: "ca.pem", text: office.registrar.authority.workers.certificatePEM),
            ]
            if let pair { files.append((name: "key.pem", text: pair.privateKeyPEM)) }
            try Office.write(files, to: out)
        }
        if json {
            Output.json(
                .object([
                    .init("credential", CredentialCommand.json(issued.credential)),
                    .init("certificate", .string(issued.certificate.pem)),
                ]))
        } else {
            Output.remark(
                "credential \(name), \(role.rawValue), until \(Figures.date(issued.credential.expiresAt).text)"
                    + (out.map { "; written to \($0)" } ?? ""))
            if out == nil { Output.line(String(issued.certificate.pem.dropLast())) }
        }
    }
}
