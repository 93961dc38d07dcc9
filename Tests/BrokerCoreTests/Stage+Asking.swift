import BrokerCore
import MQTT
import Testing

/// What tests ask again and again.
extension Stage {
    /// Sends a CONNECT as it is; says what came first, if that is a CONNACK.
    func greet(_ connect: Connect, _ principal: Principal = .open) -> (id: ConnectionID, answer: ConnAck?) {
        let id = accept(principal)
        send(.connect(connect), from: id)
        guard case .connAck(let answer) = take(id).first else { return (id, nil) }
        return (id, answer)
    }

    /// The reason of the DISCONNECT that stands last in what a client got, if one does.
    func goodbye(_ id: ConnectionID) -> ReasonCode? {
        guard case .disconnect(let last) = take(id).last else { return nil }
        return last.reason
    }

    /// Sends several filters in one SUBSCRIBE.
    func subscribe(_ id: ConnectionID, packetID: UInt16, _ subscriptions: [Subscription]) {
        send(.subscribe(Subscribe(packetID: packetID, subscriptions: subscriptions)), from: id)
    }

    /// Publishes and goes through the whole handshake, so that the identifier is free again.
    func say(
        _ id: ConnectionID, _ topic: String, _ payload: String, qos: QoS, retain: Bool = false,
        properties: Properties = []
    ) {
        publish(id, topic, payload, qos: qos, retain: retain, packetID: 1, properties: properties)
        switch qos {
        case .atMostOnce: #expect(take(id) == [])
        case .atLeastOnce:
            let answers = take(id)
            guard case .pubAck(let answer) = answers.first, answers.count == 1 else {
                Issue.record("no PUBACK: \(answers)")
                return
            }
            // Whether anybody wanted it is told as well.
            #expect(answer.packetID == 1 && !answer.reason.isError)
        case .exactlyOnce:
            #expect(take(id) == [.pubRec(Acknowledgement(packetID: 1))])
            send(.pubRel(Acknowledgement(packetID: 1)), from: id)
            #expect(take(id) == [.pubComp(Acknowledgement(packetID: 1))])
        }
    }

    /// Acknowledges whatever came at QoS 1 and 2, to its end, until nothing comes; says what the messages were.
    func drain(_ id: ConnectionID) -> [Publish] {
        var messages: [Publish] = []
        while true {
            let packets = take(id)
            guard !packets.isEmpty else { return messages }
            for packet in packets {
                switch packet {
                case .publish(let message):
                    messages.append(message)
                    let answer = Acknowledgement(packetID: message.packetID)
                    switch message.qos {
                    case .atMostOnce: break
                    case .atLeastOnce: send(.pubAck(answer), from: id)
                    case .exactlyOnce: send(.pubRec(answer), from: id)
                    }
                case .pubRel(let release):
                    send(.pubComp(Acknowledgement(packetID: release.packetID)), from: id)
                default: break
                }
            }
        }
    }
}

/// A session that stays for an hour, in the words of a version.
func kept(_ version: ProtocolVersion, _ more: Properties = []) -> Properties {
    version == .v5 ? Properties([.sessionExpiryInterval(3_600)] + more.list) : []
}

/// Both versions, for tests of what they have in common.
let bothVersions: [ProtocolVersion] = [.v311, .v5]
