/// One HTTP/1.1 response; the connection ends with it.
struct HTTPAnswer: Equatable, Sendable {
    enum Status: Int, Equatable, Sendable {
        case ok = 200
        case badRequest = 400
        case unauthorized = 401
        case forbidden = 403
        case notFound = 404
        case methodNotAllowed = 405
        case requestTimeout = 408
        case fieldsTooLarge = 431
        case unavailable = 503
        case versionNotSupported = 505

        var phrase: String {
            switch self {
            case .ok: "OK"
            case .badRequest: "Bad Request"
            case .unauthorized: "Unauthorized"
            case .forbidden: "Forbidden"
            case .notFound: "Not Found"
            case .methodNotAllowed: "Method Not Allowed"
            case .requestTimeout: "Request Timeout"
            case .fieldsTooLarge: "Request Header Fields Too Large"
            case .unavailable: "Service Unavailable"
            case .versionNotSupported: "HTTP Version Not Supported"
            }
        }
    }

    var status: Status
    var type = "text/plain; charset=utf-8"
    var body: [UInt8]

    init(_ status: Status, type: String = "text/plain; charset=utf-8", body: [UInt8]) {
        self.status = status
        self.type = type
        self.body = body
    }

    /// With `text` on a line of its own, or the status in words.
    init(_ status: Status, _ text: String? = nil) {
        self.init(status, body: Array("\(text ?? status.phrase.lowercased())\n".utf8))
    }

    /// As it goes over the wire; HEAD gets everything but the body. [RFC 9110, 9.3.2]
    func bytes(for method: HTTPRequest.Method) -> [UInt8] {
        var head = "HTTP/1.1 \(status.rawValue) \(status.phrase)\r\n"
        head += "Content-Type: \(type)\r\nContent-Length: \(body.count)\r\nConnection: close\r\n"
        head += "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
        switch status {
        case .methodNotAllowed: head += "Allow: GET, HEAD\r\n"
        case .unauthorized: head += "WWW-Authenticate: Bearer\r\n"
        case .ok, .badRequest, .forbidden, .notFound, .requestTimeout, .fieldsTooLarge, .unavailable,
            .versionNotSupported:
            break
        }
        head += "\r\n"
        return Array(head.utf8) + (method == .head ? [] : body)
    }
}
