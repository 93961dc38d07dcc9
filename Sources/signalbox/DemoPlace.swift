import Authority
import FoundationEssentials
import Glibc

/// Where a demo keeps its files: a directory of its own that goes away with it, or the one that was asked for.
struct DemoPlace {
    let directory: DataDirectory
    private let isOurs: Bool

    /// The name of a unix socket may have 107 bytes: a longer place would hold none.
    private static let longest = 80

    init(asked path: String?, keep: Bool) throws {
        if let path {
            directory = try DataDirectory(DataDirectory.absolute(path))
            isOurs = !keep
        } else {
            directory = try DataDirectory(DemoPlace.make())
            isOurs = true
        }
    }

    /// Removes what the demo wrote, unless it is to be kept.
    func leave() {
        guard isOurs else { return }
        try? FileManager.default.removeItem(atPath: directory.path)
    }

    private static func make() throws -> String {
        let wanted = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
        let parent = wanted.hasPrefix("/") && wanted.utf8.count <= longest ? wanted : "/tmp"
        var template = Array("\(parent)/signalbox-demo-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw Exit.because("no directory can be made in \(parent): \(String(cString: strerror(errno)))", code: 73)
        }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
