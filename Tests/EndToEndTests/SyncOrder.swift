/// Reads what strace saw of a broker, and finds each PUBACK that left before its message was on the disk.
///
/// strace writes a line when a call begins and another when it ends, unless nothing came between: the order of the
/// lines is the order of things. A message has a number, which is its packet id and stands at the start of its
/// payload, and so at the start of the row in the log. [T-50]
struct SyncOrder {
    /// Packet ids of the acknowledgements, in their order.
    private(set) var acknowledged: [Int] = []
    /// Of them, those that came too early.
    private(set) var inversions: [Int] = []
    private(set) var syncs = 0

    /// In the log, and in no sync that has ended.
    private var written: Set<Int> = []
    private var safe: Set<Int> = []
    /// By thread: what a sync that is under way will have made safe.
    private var syncing: [Substring: Set<Int>] = [:]

    static let log = "queue.sqlite-wal>"

    /// A payload whose row can be recognised.
    static func payload(_ number: Int) -> String {
        let digits = String(number)
        return #"{"n":"\#(String(repeating: "0", count: 9 - digits.count))\#(digits)"}"#
    }

    /// One line of `strace -f -y`, without its end.
    mutating func read(_ line: Substring) {
        let words = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
        guard words.count == 2 else { return }
        let (thread, call) = (words[0], words[1].drop { $0 == " " })
        if call.hasPrefix("pwrite64("), call.prefix(200).contains(Self.log) {
            written.formUnion(Self.numbers(in: call))
        } else if call.hasPrefix("fdatasync("), call.contains(Self.log) {
            syncing[thread] = written
            if call.hasSuffix(" = 0") { ended(thread) }
        } else if call.hasPrefix("<... fdatasync resumed"), call.hasSuffix(" = 0") {
            ended(thread)
        } else if call.hasPrefix("sendto(") {
            for number in Self.acknowledgements(in: call) {
                acknowledged.append(number)
                if !safe.contains(number) { inversions.append(number) }
            }
        }
    }

    private mutating func ended(_ thread: Substring) {
        guard let held = syncing.removeValue(forKey: thread) else { return }
        syncs += 1
        safe.formUnion(held)
        written.subtract(held)
    }

    /// `{"n":"` in base64, and behind it nine digits in twelve letters.
    private static func numbers(in call: Substring) -> [Int] {
        var numbers: [Int] = []
        var rest = call.utf8[...]
        let start = Array("eyJuIjoi".utf8)
        while let place = rest.firstIndex(of: start[0]) {
            rest = rest[place...]
            if rest.starts(with: start), let number = digits(rest.dropFirst(8).prefix(12)) { numbers.append(number) }
            rest = rest.dropFirst()
        }
        return numbers
    }

    private static func digits(_ letters: Substring.UTF8View.SubSequence) -> Int? {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        let values = letters.compactMap { alphabet.firstIndex(of: $0) }
        guard values.count == 12 else { return nil }
        var text: [UInt8] = []
        for group in stride(from: 0, to: 12, by: 4) {
            let bits = values[group..<group + 4].reduce(0) { $0 << 6 | $1 }
            text += [UInt8(bits >> 16 & 255), UInt8(bits >> 8 & 255), UInt8(bits & 255)]
        }
        return Int(String(decoding: text, as: UTF8.self))
    }

    /// Packet ids of the PUBACKs that a call sends.
    private static func acknowledgements(in call: Substring) -> [Int] {
        guard let open = call.firstIndex(of: "\"") else { return [] }
        var bytes = unescaped(call[call.index(after: open)...])[...]
        var ids: [Int] = []
        while bytes.count >= 4, bytes.starts(with: [0x40, 2]) {
            let id = bytes.dropFirst(2).prefix(2).reduce(0) { $0 << 8 | Int($1) }
            ids.append(id)
            bytes = bytes.dropFirst(4)
        }
        return ids
    }

    /// A string as strace prints it, up to its closing quote.
    private static func unescaped(_ text: Substring) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst(), byte != UInt8(ascii: "\"") {
            guard byte == UInt8(ascii: "\\"), let escaped = rest.first else {
                bytes.append(byte)
                continue
            }
            let octal = rest.prefix(3).prefix { (48...55).contains($0) }
            if !octal.isEmpty {
                bytes.append(UInt8(truncatingIfNeeded: octal.reduce(0) { $0 << 3 | Int($1 - 48) }))
                rest = rest.dropFirst(octal.count)
            } else {
                let named: [UInt8: UInt8] = [
                    UInt8(ascii: "n"): 10, UInt8(ascii: "t"): 9, UInt8(ascii: "r"): 13, UInt8(ascii: "v"): 11,
                    UInt8(ascii: "f"): 12,
                ]
                bytes.append(named[escaped] ?? escaped)
                rest = rest.dropFirst()
            }
        }
        return bytes
    }
}
