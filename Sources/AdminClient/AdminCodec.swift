import AdminProtocol

/// Requests to bytes, answers and stream messages from bytes.
enum AdminCodec {
    static func bytes(of request: Request) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try JSON.encoding(request).write(into: &bytes)
        return bytes
    }

    /// A newer broker may say more than we know: what is unknown is passed over.
    static func answer(_ bytes: [UInt8]) throws -> Answer {
        try JSON(parsing: bytes, within: .answer).decoded(as: Answer.self, unknownKeys: .ignored)
    }

    static func streamMessage(_ bytes: [UInt8]) throws -> StreamMessage {
        try JSON(parsing: bytes, within: .answer).decoded(as: StreamMessage.self, unknownKeys: .ignored)
    }
}
