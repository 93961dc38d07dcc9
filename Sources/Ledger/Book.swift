/// What one worker wrote down.
package struct Book: Equatable, Sendable {
    package var pool: String
    package var worker: String
    package var entries: [Entry]

    package init(pool: String, worker: String, entries: [Entry] = []) {
        self.pool = pool
        self.worker = worker
        self.entries = entries
    }

    /// Reads a book back from its file: what is kept is what is judged. Nil if a line is none.
    package init?(text: String) {
        var lines = text.split(separator: "\n")[...]
        guard let title = lines.popFirst()?.split(separator: "\t"), title.count == 3, title[0] == "BOOK" else {
            return nil
        }
        var entries: [Entry] = []
        entries.reserveCapacity(lines.count)
        for line in lines {
            guard let entry = Entry(line: line) else { return nil }
            entries.append(entry)
        }
        self.init(pool: String(title[1]), worker: String(title[2]), entries: entries)
    }

    /// The first line of its file.
    package var title: String { "BOOK\t\(pool)\t\(worker)" }
}
