import MQTT

extension FuzzTarget {
    /// The properties of any place: the first byte says which.
    static let properties = FuzzTarget(name: "properties") { input in
        var script = Script(input)
        let place = script.one(of: PropertyPlace.allCases)
        let bytes = script.rest()
        guard bytes.count <= greatestVariableInteger,
            let properties = try? Properties.decode(bytes.span.bytes, in: 0..<bytes.count, for: place)
        else { return }
        check(properties, place)
        var encoded: [UInt8] = []
        properties.encode(into: &encoded)
        // Properties have one form only: what was read is written again byte for byte.
        law(encoded == Naive.variableByteInteger(bytes.count) + bytes, "properties change when written again")
    }

    static func check(_ properties: Properties, _ place: PropertyPlace) {
        var seen: [UInt8] = []
        var userProperties = 0
        for property in properties.list {
            let id = property.id
            law(id.isAllowed(in: place), "\(id) in \(place)")
            if id == .userProperty {
                userProperties += 1
            } else if !(id == .subscriptionIdentifier && place == .publish) {
                law(!seen.contains(id.rawValue), "\(id) twice")
                seen.append(id.rawValue)
            }
            checkValue(property)
        }
        law(userProperties <= Properties.mostUserProperties, "\(userProperties) user properties")
    }

    private static func checkValue(_ property: Property) {
        switch property {
        case .contentType(let text), .responseTopic(let text), .assignedClientIdentifier(let text),
            .authenticationMethod(let text), .responseInformation(let text), .serverReference(let text),
            .reasonString(let text):
            law(Naive.isText(text), "\(property.id) is no text")
        case .userProperty(let name, let value):
            law(Naive.isText(name) && Naive.isText(value), "a user property is no text")
        case .receiveMaximum(let value), .topicAlias(let value): law(value > 0, "\(property.id) is 0")
        case .maximumPacketSize(let value): law(value > 0, "\(property.id) is 0")
        case .subscriptionIdentifier(let value):
            law((1...greatestVariableInteger).contains(value), "subscription identifier \(value)")
        case .payloadFormatIndicator(let value), .maximumQoS(let value): law(value <= 1, "\(property.id) is \(value)")
        case .messageExpiryInterval, .correlationData, .sessionExpiryInterval, .serverKeepAlive, .authenticationData,
            .requestProblemInformation, .willDelayInterval, .requestResponseInformation, .topicAliasMaximum,
            .retainAvailable, .wildcardSubscriptionAvailable, .subscriptionIdentifiersAvailable,
            .sharedSubscriptionAvailable:
            break
        }
        if case .responseTopic(let topic) = property { law(Naive.isTopic(topic), "a response topic is no topic") }
    }
}
