import Authority
import Glibc

extension Configuration {
    /// Looks at what the configuration names, as a start would, and makes nothing.
    package func checkFiles() throws {
        _ = try instrumentation?.readToken()
        for pair in [papers.workers, papers.admin, papers.server].compactMap({ $0 }) {
            _ = try File.read(pair.certificate, atMost: 1 << 20)
            _ = try File.read(pair.key, atMost: 1 << 20, secret: true)
        }
        if access(dataDirectory, F_OK) == 0 { _ = try DataDirectory(dataDirectory) }
    }
}
