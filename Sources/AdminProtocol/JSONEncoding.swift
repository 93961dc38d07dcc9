extension JSON {
    /// The value as JSON, its keys in snake_case.
    package static func encoding(_ value: some Encodable) throws -> JSON {
        try JSON.encoding(value, names: Names())
    }

    fileprivate static func encoding(_ value: some Encodable, names: Names) throws -> JSON {
        switch value {
        case let json as JSON: return json
        // Keys that are somebody's words, not ours: as they are.
        case let words as [String: String]:
            return .object(words.sorted { $0.key < $1.key }.map { Member($0.key, .string($0.value)) })
        default:
            let encoder = TreeEncoder(names: names)
            try value.encode(to: encoder)
            return encoder.node.json
        }
    }
}

extension JSON: Codable {
    package init(from decoder: any Decoder) throws {
        guard let decoder = decoder as? TreeDecoder else {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(codingPath: decoder.codingPath, debugDescription: "only from JSON"))
        }
        self = decoder.value
    }

    package func encode(to encoder: any Encoder) throws {
        guard let encoder = encoder as? TreeEncoder else {
            throw EncodingError.invalidValue(
                self, EncodingError.Context(codingPath: encoder.codingPath, debugDescription: "only to JSON"))
        }
        encoder.node.content = .value(self)
    }
}

/// The wire's names of the keys met so far.
private final class Names {
    private var known: [String: String] = [:]

    func of(_ key: any CodingKey) -> String {
        let name = key.stringValue
        if let snake = known[name] { return snake }
        let snake = SnakeCase.of(name)
        known[name] = snake
        return snake
    }
}

/// A value being made: containers hold on to it while their owner fills them.
private final class Node {
    enum Content {
        case nothing
        case value(JSON)
        case array([Node])
        case object([(key: String, node: Node)])
    }

    var content = Content.nothing

    init(_ content: Content = .nothing) {
        self.content = content
    }

    var json: JSON {
        switch content {
        case .nothing: .object([])
        case .value(let value): value
        case .array(let nodes): .array(nodes.map(\.json))
        case .object(let members): .object(members.map { JSON.Member($0.key, $0.node.json) })
        }
    }

    func append(_ node: Node) {
        guard case .array(var nodes) = content else { return content = .array([node]) }
        content = .nothing
        nodes.append(node)
        content = .array(nodes)
    }

    func set(_ key: String, _ node: Node) {
        guard case .object(var members) = content else { return content = .object([(key, node)]) }
        content = .nothing
        members.append((key, node))
        content = .object(members)
    }
}

private final class TreeEncoder: Encoder {
    let names: Names
    let node: Node
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    init(names: Names, node: Node = Node()) {
        self.names = names
        self.node = node
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        if case .object = node.content {} else { node.content = .object([]) }
        return KeyedEncodingContainer(KeyedTree<Key>(names: names, node: node))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        if case .array = node.content {} else { node.content = .array([]) }
        return UnkeyedTree(names: names, node: node)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { SingleTree(names: names, node: node) }
}

private struct KeyedTree<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let names: Names
    let node: Node
    var codingPath: [any CodingKey] { [] }

    func encodeNil(forKey key: Key) { node.set(names.of(key), Node(.value(.null))) }

    func encode(_ value: some Encodable, forKey key: Key) throws {
        node.set(names.of(key), Node(.value(try JSON.encoding(value, scalar: value, names: names))))
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        let inner = Node(.object([]))
        node.set(names.of(key), inner)
        return KeyedEncodingContainer(KeyedTree<Nested>(names: names, node: inner))
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        let inner = Node(.array([]))
        node.set(names.of(key), inner)
        return UnkeyedTree(names: names, node: inner)
    }

    func superEncoder() -> any Encoder { TreeEncoder(names: names, node: node) }
    func superEncoder(forKey key: Key) -> any Encoder { TreeEncoder(names: names, node: node) }
}

private struct UnkeyedTree: UnkeyedEncodingContainer {
    let names: Names
    let node: Node
    var codingPath: [any CodingKey] { [] }

    var count: Int {
        if case .array(let nodes) = node.content { nodes.count } else { 0 }
    }

    func encodeNil() { node.append(Node(.value(.null))) }

    func encode(_ value: some Encodable) throws {
        node.append(Node(.value(try JSON.encoding(value, scalar: value, names: names))))
    }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        let inner = Node(.object([]))
        node.append(inner)
        return KeyedEncodingContainer(KeyedTree<Nested>(names: names, node: inner))
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        let inner = Node(.array([]))
        node.append(inner)
        return UnkeyedTree(names: names, node: inner)
    }

    func superEncoder() -> any Encoder { TreeEncoder(names: names, node: node) }
}

private struct SingleTree: SingleValueEncodingContainer {
    let names: Names
    let node: Node
    var codingPath: [any CodingKey] { [] }

    func encodeNil() { node.content = .value(.null) }

    func encode(_ value: some Encodable) throws {
        node.content = .value(try JSON.encoding(value, scalar: value, names: names))
    }
}

extension JSON {
    /// Numbers, truths and text at once; anything else by its own `encode(to:)`.
    fileprivate static func encoding(_ value: some Encodable, scalar: Any, names: Names) throws -> JSON {
        switch scalar {
        case let text as String: .string(text)
        case let truth as Bool: .bool(truth)
        case let number as Int: .int(Int64(number))
        case let number as Int64: .int(number)
        case let number as Double: .double(number)
        case let number as any BinaryInteger:
            Int64(exactly: number).map { .int($0) } ?? .double(Double(number))
        case let number as Float: .double(Double(number))
        default: try encoding(value, names: names)
        }
    }
}
