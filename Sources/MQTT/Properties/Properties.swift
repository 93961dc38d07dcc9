/// The properties of a packet, in their order.
package struct Properties: Equatable, Sendable {
    package var list: [Property]

    package init(_ list: [Property] = []) {
        self.list = list
    }

    /// More in one packet is refused unless who reads it says otherwise: they cost memory and say nothing to a broker.
    /// [T-05]
    package static let mostUserProperties = 64

    package var isEmpty: Bool { list.isEmpty }

    package mutating func append(_ property: Property) {
        list.append(property)
    }
}

extension Properties: ExpressibleByArrayLiteral {
    package init(arrayLiteral elements: Property...) {
        self.init(elements)
    }
}

extension Properties {
    private func first<Value>(_ value: (Property) -> Value?) -> Value? {
        for property in list {
            if let found = value(property) { return found }
        }
        return nil
    }

    package var payloadFormatIndicator: UInt8? {
        first { if case .payloadFormatIndicator(let value) = $0 { value } else { nil } }
    }
    package var messageExpiryInterval: UInt32? {
        first { if case .messageExpiryInterval(let value) = $0 { value } else { nil } }
    }
    package var contentType: [UInt8]? {
        first { if case .contentType(let value) = $0 { value } else { nil } }
    }
    package var responseTopic: [UInt8]? {
        first { if case .responseTopic(let value) = $0 { value } else { nil } }
    }
    package var correlationData: [UInt8]? {
        first { if case .correlationData(let value) = $0 { value } else { nil } }
    }
    package var subscriptionIdentifiers: [Int] {
        list.compactMap { if case .subscriptionIdentifier(let value) = $0 { value } else { nil } }
    }
    package var sessionExpiryInterval: UInt32? {
        first { if case .sessionExpiryInterval(let value) = $0 { value } else { nil } }
    }
    package var assignedClientIdentifier: [UInt8]? {
        first { if case .assignedClientIdentifier(let value) = $0 { value } else { nil } }
    }
    package var serverKeepAlive: UInt16? {
        first { if case .serverKeepAlive(let value) = $0 { value } else { nil } }
    }
    package var authenticationMethod: [UInt8]? {
        first { if case .authenticationMethod(let value) = $0 { value } else { nil } }
    }
    package var requestProblemInformation: Bool? {
        first { if case .requestProblemInformation(let value) = $0 { value } else { nil } }
    }
    package var requestResponseInformation: Bool? {
        first { if case .requestResponseInformation(let value) = $0 { value } else { nil } }
    }
    package var willDelayInterval: UInt32? {
        first { if case .willDelayInterval(let value) = $0 { value } else { nil } }
    }
    package var reasonString: [UInt8]? {
        first { if case .reasonString(let value) = $0 { value } else { nil } }
    }
    package var receiveMaximum: UInt16? {
        first { if case .receiveMaximum(let value) = $0 { value } else { nil } }
    }
    package var topicAliasMaximum: UInt16? {
        first { if case .topicAliasMaximum(let value) = $0 { value } else { nil } }
    }
    package var topicAlias: UInt16? {
        first { if case .topicAlias(let value) = $0 { value } else { nil } }
    }
    package var maximumPacketSize: UInt32? {
        first { if case .maximumPacketSize(let value) = $0 { value } else { nil } }
    }
    package var userProperties: [(name: [UInt8], value: [UInt8])] {
        list.compactMap { if case .userProperty(let name, let value) = $0 { (name, value) } else { nil } }
    }
}
