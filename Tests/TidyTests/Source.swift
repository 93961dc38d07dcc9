import Foundation

/// One Swift file of ours, and what of it is code.
struct Source {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    let path: String
    /// The file without its comment lines.
    let code: String

    /// The modules it imports, whatever stands before the word.
    var imports: Set<String> {
        Set(
            code.split(separator: "\n").compactMap { line -> String? in
                let words = line.split(separator: " ")
                guard let place = words.firstIndex(of: "import"), place + 1 < words.count else { return nil }
                guard words[..<place].allSatisfy({ $0.hasPrefix("@") || ["package", "public"].contains($0) }) else {
                    return nil
                }
                return words.last.map { String($0.prefix { $0 != "." }) }
            })
    }

    static func all(of target: String) throws -> [Source] {
        let folder = root.appending(path: "Sources/\(target)")
        guard let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil) else { return [] }
        var sources: [Source] = []
        for case let file as URL in files where file.pathExtension == "swift" {
            let lines = try String(contentsOf: file, encoding: .utf8).split(
                separator: "\n", omittingEmptySubsequences: false)
            let code = lines.filter { !$0.drop { $0 == " " }.hasPrefix("//") }.joined(separator: "\n")
            sources.append(Source(path: file.path().replacing(root.path(), with: ""), code: code))
        }
        return sources
    }
}
