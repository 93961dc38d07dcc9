import Foundation

/// One case of the corpus: what a client sends, and what the standard has the broker do.
struct PacketCase {
    enum Duty {
        case now
        /// The standard leaves open whether.
        case perhaps
        /// The standard leaves open whether now or after what the client sends next.
        case nowOrLater
    }

    enum Step {
        case send(Notation)
        case expect([Notation], text: String, Duty)
        case wait(milliseconds: Int64)
        case end
        /// Nil where the standard leaves it open.
        case state(isOpen: Bool?)
    }

    /// `publish.txt: 5.0 QoS 1, identifier 0`
    let name: String
    /// Which connection, and what on it.
    let steps: [(link: Character, step: Step)]
    /// How many of the steps are the preamble's.
    let preamble: Int

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Corpus")

    static let files: [String] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path())) ?? []
        return names.filter { $0.hasSuffix(".txt") && $0 != "preambles.txt" }.sorted()
    }()

    static func all(of file: String) throws -> [PacketCase] {
        var preambles: [String: [(Character, Step)]] = [:]
        for block in try blocks(of: "preambles.txt") {
            guard let title = block.first, title.hasPrefix("preamble ") else { continue }
            preambles[String(title.dropFirst("preamble ".count))] = try block.dropFirst().compactMap(step)
        }
        return try blocks(of: file).compactMap { block in
            guard let title = block.first, title.hasPrefix("case ") else { return nil }
            let name = title.dropFirst("case ".count)
            let version = name.prefix { $0 != " " }
            var before: [(Character, Step)] = []
            if let after = block.first(where: { $0.hasPrefix("after ") }) {
                let key = "\(version) \(after.dropFirst("after ".count))"
                guard let found = preambles[key] else { throw Notation.Unreadable(description: "no preamble \(key)") }
                before = found
            }
            let own = try block.dropFirst().compactMap(step)
            return PacketCase(name: "\(file): \(name)", steps: before + own, preamble: before.count)
        }
    }

    /// A case of these lines and no preamble.
    static func of(_ lines: [String]) throws -> PacketCase {
        PacketCase(name: "a case of its own", steps: try lines.compactMap(step), preamble: 0)
    }

    private static func blocks(of file: String) throws -> [[String]] {
        let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
        var blocks: [[String]] = [[]]
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) where !line.hasPrefix("#") {
            if line.isEmpty { blocks.append([]) } else { blocks[blocks.count - 1].append(String(line)) }
        }
        return blocks.filter { !$0.isEmpty }
    }

    private static func step(_ line: String) throws -> (Character, Step)? {
        for word in ["open or closed", "closed", "open", "end"] where line == word || line.hasPrefix(word + " ") {
            let link = line.dropFirst(word.count).last ?? "a"
            return switch word {
            case "open": (link, .state(isOpen: true))
            case "closed": (link, .state(isOpen: false))
            case "end": (link, .end)
            default: (link, .state(isOpen: nil))
            }
        }
        if line.hasPrefix("wait "), let seconds = Double(line.dropFirst(5)) {
            return ("a", .wait(milliseconds: Int64(seconds * 1_000)))
        }
        if line.hasPrefix("rules ") || line.hasPrefix("after ") { return nil }
        let link = line.first.map { $0.isLetter ? $0 : "a" } ?? "a"
        let rest = line.drop { $0.isLetter }
        if rest.hasPrefix("> ") { return (link, .send(try Notation(String(rest.dropFirst(2))))) }
        let duties: [String: Duty] = ["<": .now, "<?": .perhaps, "<+": .nowOrLater]
        guard let duty = duties[String(rest.prefix { $0 != " " })] else {
            throw Notation.Unreadable(description: "a line that says nothing: \(line)")
        }
        let text = String(rest.drop { $0 != " " }.dropFirst())
        let forms = try text.components(separatedBy: " or ").map { try Notation($0) }
        return (link, .expect(forms, text: text, duty))
    }
}
