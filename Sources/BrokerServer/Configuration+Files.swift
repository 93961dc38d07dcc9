import Authority
import Glibc

extension Configuration {
    /// Looks at what the configuration names, as a start would, and makes nothing.
    package func checkFiles() throws {
        _ = try instrumentation?.readToken()
        let directory = access(dataDirectory, F_OK) == 0 ? try DataDirectory(dataDirectory) : nil
        try Authority.check(papers, in: directory, host: endpoint.host)
    }
}
