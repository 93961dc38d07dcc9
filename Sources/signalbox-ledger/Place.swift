import FoundationEssentials
import Glibc

/// A directory of the ledger's own: books, logs and the broker's data; kept only if what is in it must be looked at.
struct Place {
    let path: String

    /// Short, because the path of a unix socket has room for 107 bytes.
    init() throws {
        var template = Array("/tmp/sb-ledger-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw Failure("no directory can be made in /tmp: \(String(cString: strerror(errno)))")
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        // A database's own user must find its way through; nothing in it is open to others.
        chmod(path, 0o711)
        Children.made(path)
    }

    func file(_ name: String) -> String { path + "/" + name }

    func directory(_ name: String) throws -> String {
        let path = file(name)
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw Failure("\(path) cannot be made: \(String(cString: strerror(errno)))")
        }
        return path
    }

    func keep() { Children.kept(path) }

    func leave() {
        Place.remove(path)
        Children.kept(path)
    }

    static func remove(_ path: String) {
        guard path.hasPrefix("/tmp/sb-ledger-") else { return }
        try? FileManager.default.removeItem(atPath: path)
    }
}
