/// One line of a worker's book: what it did or was told, and when.
///
/// Written outside the broker, a SEND before its bytes leave, so that no fault of the broker's can touch it. [C0]
package struct Entry: Equatable, Sendable {
    package enum Deed: Equatable, Sendable {
        case opened(connection: Int, session: Bool)
        case sent(id: String, sequence: Int, qos: UInt8, digest: String, packet: UInt16, connection: Int)
        /// `duplicate` says that the session went on: the broker knows the packet's number.
        case resent(id: String, packet: UInt16, connection: Int, duplicate: Bool)
        /// The broker took the message over: PUBACK or PUBREC, the promise that the whole ledger is about.
        case promised(id: String, code: UInt8)
        /// QoS 2 has come to its end: PUBCOMP.
        case completed(id: String, code: UInt8)
        /// The broker said no, to a connection or to a message.
        case refused(what: String, code: UInt8)
        case lost(connection: Int, reason: String)
    }

    /// Microseconds since the run began.
    package var at: Int64
    package var deed: Deed

    package init(at: Int64, _ deed: Deed) {
        self.at = at
        self.deed = deed
    }
}

extension Entry {
    /// Fields between tabs, without the line's end.
    package var line: String {
        switch deed {
        case .opened(let connection, let session): "OPEN\t\(at)\t\(connection)\t\(session ? 1 : 0)"
        case .sent(let id, let sequence, let qos, let digest, let packet, let connection):
            "SEND\t\(at)\t\(id)\t\(sequence)\t\(qos)\t\(digest)\t\(packet)\t\(connection)"
        case .resent(let id, let packet, let connection, let duplicate):
            "RESEND\t\(at)\t\(id)\t\(packet)\t\(connection)\t\(duplicate ? 1 : 0)"
        case .promised(let id, let code): "ACK\t\(at)\t\(id)\t\(code)"
        case .completed(let id, let code): "COMP\t\(at)\t\(id)\t\(code)"
        case .refused(let what, let code): "REFUSED\t\(at)\t\(Entry.word(what))\t\(code)"
        case .lost(let connection, let reason): "LOST\t\(at)\t\(connection)\t\(Entry.word(reason))"
        }
    }

    /// Nil if it is not a line of a book.
    package init?(line: Substring) {
        let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        guard fields.count >= 2, let at = Int64(fields[1]), let deed = Entry.deed(fields[0], Array(fields.dropFirst(2)))
        else { return nil }
        self.init(at: at, deed)
    }

    private static func deed(_ name: String, _ fields: [String]) -> Deed? {
        switch (name, fields.count) {
        case ("OPEN", 2):
            guard let connection = Int(fields[0]), let session = flag(fields[1]) else { return nil }
            return .opened(connection: connection, session: session)
        case ("SEND", 6):
            guard let sequence = Int(fields[1]), let qos = UInt8(fields[2]), let packet = UInt16(fields[4]),
                let connection = Int(fields[5])
            else { return nil }
            return .sent(
                id: fields[0], sequence: sequence, qos: qos, digest: fields[3], packet: packet, connection: connection)
        case ("RESEND", 4):
            guard let packet = UInt16(fields[1]), let connection = Int(fields[2]), let duplicate = flag(fields[3])
            else { return nil }
            return .resent(id: fields[0], packet: packet, connection: connection, duplicate: duplicate)
        case ("ACK", 2): return UInt8(fields[1]).map { .promised(id: fields[0], code: $0) }
        case ("COMP", 2): return UInt8(fields[1]).map { .completed(id: fields[0], code: $0) }
        case ("REFUSED", 2): return UInt8(fields[1]).map { .refused(what: fields[0], code: $0) }
        case ("LOST", 2): return Int(fields[0]).map { .lost(connection: $0, reason: fields[1]) }
        default: return nil
        }
    }

    private static func flag(_ text: String) -> Bool? {
        switch text {
        case "0": false
        case "1": true
        default: nil
        }
    }

    private static func word(_ text: String) -> String {
        String(text.unicodeScalars.map { $0.value < 0x20 ? " " : Character($0) })
    }
}
