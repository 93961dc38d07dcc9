import AdminProtocol

/// Between the typed values of the protocol and the JSON values its messages carry.
enum Wire {
    static func read<Value: Decodable>(_ type: Value.Type, from json: JSON?) -> Value? {
        guard let json else { return nil }
        return try? json.decoded(as: type)
    }

    /// `nil` only for a number that JSON cannot say, which no request of the console holds.
    static func json(_ value: some Encodable) -> JSON? {
        try? JSON.encoding(value)
    }
}
