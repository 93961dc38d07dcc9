extension JSON {
    /// What to do with members that the type does not know.
    package enum UnknownKeys: Sendable {
        /// For what an operator sends: a word that is not understood may matter. [AD-5]
        case refused
        /// For what a broker sends, which may be newer than the console.
        case ignored
    }

    /// The value as `type`; the error names the place, such as `args.epoch`.
    package func decoded<Value: Decodable>(
        as type: Value.Type, at root: String = "", unknownKeys: UnknownKeys = .ignored
    ) throws(AdminError) -> Value {
        do {
            return try TreeDecoder(self, path: [], unknownKeys: unknownKeys).decode(type)
        } catch let error as DecodingError {
            throw error.adminError(root: root)
        } catch let error as AdminError {
            throw error
        } catch {
            throw AdminError(.badArgument, "cannot be read", field: root.isEmpty ? nil : root)
        }
    }
}

extension DecodingError {
    fileprivate func adminError(root: String) -> AdminError {
        let (path, what): ([any CodingKey], String) =
            switch self {
            case .keyNotFound(let key, let context): (context.codingPath + [key], "is missing")
            case .valueNotFound(_, let context): (context.codingPath, "is missing")
            case .typeMismatch(_, let context): (context.codingPath, context.debugDescription)
            case .dataCorrupted(let context): (context.codingPath, context.debugDescription)
            @unknown default: ([], "cannot be read")
            }
        let field = path.reduce(root) { path, key in
            if let place = key.intValue { return "\(path)[\(place)]" }
            return path.isEmpty ? SnakeCase.of(key.stringValue) : "\(path).\(SnakeCase.of(key.stringValue))"
        }
        // The standard library's own sentence names a Swift type; ours names what came.
        let sentence = what.hasPrefix("Cannot initialize") ? "is none of the accepted values" : what
        return AdminError(
            .badArgument, "\(field.isEmpty ? "it" : field) \(sentence)", field: field.isEmpty ? nil : field)
    }
}

private struct Place: CodingKey {
    let stringValue: String
    let intValue: Int?

    init(_ place: Int) {
        stringValue = place.description
        intValue = place
    }

    init(stringValue: String) {
        self.stringValue = stringValue
        intValue = nil
    }

    init(intValue: Int) { self.init(intValue) }
}

final class TreeDecoder: Decoder {
    let value: JSON
    let codingPath: [any CodingKey]
    let unknownKeys: JSON.UnknownKeys
    /// Which members of the object were asked for; nil while nobody asked for any.
    fileprivate var asked: [Bool]?
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    init(_ value: JSON, path: [any CodingKey], unknownKeys: JSON.UnknownKeys) {
        self.value = value
        codingPath = path
        self.unknownKeys = unknownKeys
    }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        if type == JSON.self, let json = value as? Value { return json }
        if type == [String: String].self, let words = try words() as? Value { return words }
        let result = try Value(from: self)
        try refuseUnknown()
        return result
    }

    /// An object whose keys are somebody's words, not ours.
    private func words() throws -> [String: String] {
        guard case .object(let members) = value else { throw mismatch("must be an object") }
        var words: [String: String] = [:]
        for member in members {
            guard let text = member.value.string else { throw mismatch("must hold text only") }
            words[member.key] = text
        }
        return words
    }

    private func refuseUnknown() throws {
        guard unknownKeys == .refused, let asked, case .object(let members) = value,
            let place = asked.firstIndex(of: false), place < members.count
        else { return }
        throw DecodingError.dataCorrupted(
            DecodingError.Context(
                codingPath: codingPath + [Place(stringValue: String(members[place].key.prefix(64)))],
                debugDescription: "is not known here"))
    }

    func mismatch(_ what: String) -> DecodingError {
        .typeMismatch(JSON.self, DecodingError.Context(codingPath: codingPath, debugDescription: what))
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard case .object(let members) = value else { throw mismatch("must be an object") }
        if asked == nil { asked = Array(repeating: false, count: members.count) }
        return KeyedDecodingContainer(KeyedBranch<Key>(decoder: self, members: members))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard case .array(let elements) = value else { throw mismatch("must be an array") }
        return UnkeyedBranch(decoder: self, elements: elements)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { Leaf(decoder: self) }

    fileprivate func child(_ value: JSON, _ key: any CodingKey) -> TreeDecoder {
        TreeDecoder(value, path: codingPath + [key], unknownKeys: unknownKeys)
    }

    fileprivate func bool() throws -> Bool {
        guard let truth = value.bool else { throw mismatch("must be true or false") }
        return truth
    }

    fileprivate func string() throws -> String {
        guard let text = value.string else { throw mismatch("must be text") }
        return text
    }

    fileprivate func double() throws -> Double {
        guard let number = value.double else { throw mismatch("must be a number") }
        return number
    }

    fileprivate func integer<Number: FixedWidthInteger>(_ type: Number.Type) throws -> Number {
        guard let number = value.int, let fitting = Number(exactly: number) else {
            throw mismatch("must be a whole number")
        }
        return fitting
    }
}

private struct KeyedBranch<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let decoder: TreeDecoder
    let members: [JSON.Member]
    var codingPath: [any CodingKey] { decoder.codingPath }
    var allKeys: [Key] { members.compactMap { Key(stringValue: $0.key) } }

    private func find(_ key: Key) -> JSON? {
        let name = SnakeCase.of(key.stringValue)
        guard let place = members.firstIndex(where: { $0.key.hasSameBytes(as: name) }) else { return nil }
        decoder.asked?[place] = true
        return members[place].value
    }

    private func child(_ key: Key) throws -> TreeDecoder {
        guard let value = find(key) else {
            throw DecodingError.keyNotFound(
                key, DecodingError.Context(codingPath: codingPath, debugDescription: "is missing"))
        }
        return decoder.child(value, key)
    }

    func contains(_ key: Key) -> Bool { find(key) != nil }
    func decodeNil(forKey key: Key) throws -> Bool { try child(key).value == .null }
    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try child(key).bool() }
    func decode(_ type: String.Type, forKey key: Key) throws -> String { try child(key).string() }
    func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try child(key).double() }
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try child(key).integer(type) }
    func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try child(key).integer(type) }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        try child(key).decode(type)
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
        try child(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try child(key).unkeyedContainer()
    }

    func superDecoder() -> any Decoder { decoder }
    func superDecoder(forKey key: Key) throws -> any Decoder { try child(key) }
}

private struct UnkeyedBranch: UnkeyedDecodingContainer {
    let decoder: TreeDecoder
    let elements: [JSON]
    private(set) var currentIndex = 0
    var codingPath: [any CodingKey] { decoder.codingPath }
    var count: Int? { elements.count }
    var isAtEnd: Bool { currentIndex >= elements.count }

    init(decoder: TreeDecoder, elements: [JSON]) {
        self.decoder = decoder
        self.elements = elements
    }

    private mutating func next() throws -> TreeDecoder {
        guard currentIndex < elements.count else { throw decoder.mismatch("has too few elements") }
        defer { currentIndex += 1 }
        return decoder.child(elements[currentIndex], Place(currentIndex))
    }

    mutating func decodeNil() throws -> Bool {
        guard currentIndex < elements.count, elements[currentIndex] == .null else { return false }
        currentIndex += 1
        return true
    }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try next().decode(type) }

    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type
    ) throws -> KeyedDecodingContainer<Nested> {
        try next().container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { try next().unkeyedContainer() }
    mutating func superDecoder() throws -> any Decoder { try next() }
}

private struct Leaf: SingleValueDecodingContainer {
    let decoder: TreeDecoder
    var codingPath: [any CodingKey] { decoder.codingPath }

    func decodeNil() -> Bool { decoder.value == .null }
    func decode(_ type: Bool.Type) throws -> Bool { try decoder.bool() }
    func decode(_ type: String.Type) throws -> String { try decoder.string() }
    func decode(_ type: Double.Type) throws -> Double { try decoder.double() }
    func decode(_ type: Float.Type) throws -> Float { Float(try decoder.double()) }
    func decode(_ type: Int.Type) throws -> Int { try decoder.integer(type) }
    func decode(_ type: Int8.Type) throws -> Int8 { try decoder.integer(type) }
    func decode(_ type: Int16.Type) throws -> Int16 { try decoder.integer(type) }
    func decode(_ type: Int32.Type) throws -> Int32 { try decoder.integer(type) }
    func decode(_ type: Int64.Type) throws -> Int64 { try decoder.integer(type) }
    func decode(_ type: UInt.Type) throws -> UInt { try decoder.integer(type) }
    func decode(_ type: UInt8.Type) throws -> UInt8 { try decoder.integer(type) }
    func decode(_ type: UInt16.Type) throws -> UInt16 { try decoder.integer(type) }
    func decode(_ type: UInt32.Type) throws -> UInt32 { try decoder.integer(type) }
    func decode(_ type: UInt64.Type) throws -> UInt64 { try decoder.integer(type) }
    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try decoder.decode(type) }
}
