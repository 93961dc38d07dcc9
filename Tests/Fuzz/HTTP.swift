@testable import BrokerServer

extension FuzzTarget {
    /// What anybody may send to the port of the probes.
    static let http = FuzzTarget(name: "http") { input in
        let whole = HTTPRequest.read(input)
        switch whole {
        case .complete(let request):
            law(request.path.first == UInt8(ascii: "/"), "a path without a slash")
            law(request.path.allSatisfy { (0x21...0x7E).contains($0) }, "a path that is no text")
            if let token = request.token { law(!token.isEmpty && !token.contains(0x20), "a token with blanks") }
        case .refused(let status):
            let answer = HTTPAnswer(status)
            let (full, head) = (answer.bytes(for: .get), answer.bytes(for: .head))
            law(full.starts(with: head), "HEAD and GET begin differently")
            law(head.suffix(4) == [13, 10, 13, 10], "the head has no end")
        case .incomplete: break
        }
        // However the bytes come in pieces, the verdict is the same once there is one.
        for count in Set([input.count / 2, max(0, input.count - 1)]) {
            switch HTTPRequest.read(Array(input.prefix(count))) {
            case .incomplete: break
            case let early: law(early == whole, "\(count) bytes were enough, and all are something else")
            }
        }
    }
}
