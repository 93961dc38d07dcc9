import MQTT

/// The CONNECT of a client with these options.
enum ClientGreeting {
    static func bytes(_ options: ClientOptions) -> Result<[UInt8], ClientError> {
        guard let clientID = try? ClientID(validating: options.clientID) else {
            return .failure(.invalid("the client id is not well-formed"))
        }
        var connect = Connect(
            version: options.version, clientID: clientID, cleanStart: options.cleanStart, keepAlive: options.keepAlive)
        if options.version == .v5 {
            if options.sessionExpiry > 0 { connect.properties.append(.sessionExpiryInterval(options.sessionExpiry)) }
            if options.receiveMaximum != 65_535 { connect.properties.append(.receiveMaximum(options.receiveMaximum)) }
        }
        if let will = options.will {
            guard let topic = try? TopicName(validating: will.topic), will.payload.count <= 65_535 else {
                return .failure(.invalid("the will is not well-formed"))
            }
            connect.will = Will(topic: topic, payload: will.payload, qos: will.delivery, retain: will.retain)
            if options.version == .v5, options.willDelay > 0 {
                connect.will?.properties.append(.willDelayInterval(options.willDelay))
            }
        }
        var bytes: [UInt8] = []
        Packet.connect(connect).encode(into: &bytes, version: options.version)
        return .success(bytes)
    }
}
