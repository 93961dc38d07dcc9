import Foundation

/// A directory of its own for one test, gone with the value that names it.
package final class TemporaryDirectory: Sendable {
    package let path: String

    /// Short, because a unix socket's path has room for 107 bytes; 0700, because keys lie in it.
    package init() throws {
        var template = Array("/tmp/sb-test-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else {
            throw Overdue(description: "a temporary directory: \(String(cString: strerror(errno)))")
        }
        path = String(cString: made)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    package func file(_ name: String) -> String { path + "/" + name }

    @discardableResult
    package func write(_ text: String, to name: String, mode: Int = 0o600) throws -> String {
        let file = file(name)
        guard
            FileManager.default.createFile(
                atPath: file, contents: Data(text.utf8), attributes: [.posixPermissions: mode])
        else { throw Overdue(description: "writing \(file)") }
        return file
    }

    package func read(_ name: String) throws -> String {
        try String(contentsOfFile: file(name), encoding: .utf8)
    }
}
