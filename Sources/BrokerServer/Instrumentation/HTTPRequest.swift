/// The head of one HTTP/1 request: as much of HTTP as probes and scrapers speak, and no more.
///
/// Total on bytes and strict: what is not understood is refused, what is too long is never gathered. Bodies are not
/// read, and every connection ends with its answer, so that nothing can be smuggled behind a request.
struct HTTPRequest: Equatable {
    enum Method: Equatable {
        case get
        case head
    }

    /// What a head says, so far.
    enum Reading: Equatable {
        case incomplete
        case complete(HTTPRequest)
        case refused(HTTPAnswer.Status)
    }

    /// Bytes of a request with all its fields: ours need a tenth of it.
    static let longest = 8_192
    static let mostFields = 64

    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    let method: Method
    /// Without the query.
    let path: [UInt8]
    /// What follows `Bearer` in the only `Authorization` field.
    let token: [UInt8]?

    /// Reads the head at the beginning of `bytes`.
    static func read(_ bytes: [UInt8]) -> Reading {
        guard let end = endOfHead(bytes) else {
            if bytes.count >= longest { return .refused(.fieldsTooLarge) }
            // Something else than HTTP, such as TLS, is not waited for.
            if let first = bytes.first, !isToken(first) { return .refused(.badRequest) }
            return .incomplete
        }
        guard end <= longest else { return .refused(.fieldsTooLarge) }
        var lines = bytes[..<end].split(separator: lineFeed, omittingEmptySubsequences: false)[...]
        guard lines.allSatisfy({ $0.last == carriageReturn }), let first = lines.popFirst()?.dropLast() else {
            return .refused(.badRequest)
        }
        guard lines.count <= mostFields else { return .refused(.fieldsTooLarge) }
        var fields: [(name: [UInt8], value: ArraySlice<UInt8>)] = []
        for line in lines {
            guard let field = field(line.dropLast()) else { return .refused(.badRequest) }
            fields.append(field)
        }
        return request(first, fields)
    }

    private static func request(
        _ line: ArraySlice<UInt8>, _ fields: [(name: [UInt8], value: ArraySlice<UInt8>)]
    ) -> Reading {
        let parts = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty, parts[0].allSatisfy(isToken), !parts[1].isEmpty,
            parts[1].allSatisfy({ (0x21...0x7E).contains($0) })
        else { return .refused(.badRequest) }
        guard parts[2].starts(with: "HTTP/".utf8) else { return .refused(.badRequest) }
        let version = parts[2].dropFirst(5)
        guard version.elementsEqual("1.1".utf8) || version.elementsEqual("1.0".utf8) else {
            return .refused(.versionNotSupported)
        }
        let hosts = fields.count { $0.name.elementsEqual("host".utf8) }
        guard hosts == 1 || (hosts == 0 && version.elementsEqual("1.0".utf8)) else { return .refused(.badRequest) }
        let method: Method
        switch parts[0] {
        case let name where name.elementsEqual("GET".utf8): method = .get
        case let name where name.elementsEqual("HEAD".utf8): method = .head
        default: return .refused(.methodNotAllowed)
        }
        let authorizations = fields.filter { $0.name.elementsEqual("authorization".utf8) }
        guard authorizations.count <= 1 else { return .refused(.badRequest) }
        let path = parts[1].prefix { $0 != UInt8(ascii: "?") }
        return .complete(
            HTTPRequest(method: method, path: Array(path), token: authorizations.first.flatMap { bearer($0.value) }))
    }

    /// Before the last line feed of the last field; nil while there is no empty line.
    private static func endOfHead(_ bytes: [UInt8]) -> Int? {
        // By what is rare: this is done anew for every portion that arrives.
        var place = 3
        while place < bytes.count, place <= longest + 3 {
            if bytes[place] == lineFeed, bytes[place - 1] == carriageReturn, bytes[place - 2] == lineFeed,
                bytes[place - 3] == carriageReturn
            {
                return place - 2
            }
            place += 1
        }
        return nil
    }

    /// A name in small letters, and a value without blanks around it; nil if the line is no field.
    private static func field(_ line: ArraySlice<UInt8>) -> (name: [UInt8], value: ArraySlice<UInt8>)? {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let name = line[..<colon]
        guard !name.isEmpty, name.allSatisfy(isToken) else { return nil }
        var value = line[(colon + 1)...]
        guard value.allSatisfy({ $0 == 0x09 || $0 >= 0x20 && $0 != 0x7F }) else { return nil }
        while let byte = value.first, byte == 0x20 || byte == 0x09 { value.removeFirst() }
        while let byte = value.last, byte == 0x20 || byte == 0x09 { value.removeLast() }
        return (name.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, value)
    }

    private static func bearer(_ value: ArraySlice<UInt8>) -> [UInt8]? {
        let scheme = value.prefix(7).map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        guard scheme.elementsEqual("bearer ".utf8) else { return nil }
        return value.dropFirst(7).drop { $0 == 0x20 }.map { $0 }
    }

    /// The characters of methods and names. [RFC 9110, 5.6.2]
    private static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
