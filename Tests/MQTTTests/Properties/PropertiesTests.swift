import MQTT
import TestSupport
import Testing

/// Which property may stand where, how often, and with which value.
struct PropertiesTests {
    struct Place: CustomTestStringConvertible {
        let name: String
        /// The packet with `%` where its properties go.
        let notation: String
        let allowed: Set<PropertyID>

        var testDescription: String { name }

        func holds(_ properties: String) -> Bool {
            let notation = notation.split(separator: "%").joined(separator: "{ \(properties) }")
            return (try? decode(hex(notation), .v5)) != nil
        }
    }

    /// Table 2-4 of the standard, read a second time.
    static let places: [Place] = [
        Place(
            name: "CONNECT", notation: "10 [ <MQTT> 05 02 003C % <w> ]",
            allowed: [
                .sessionExpiryInterval, .authenticationMethod, .requestProblemInformation,
                .requestResponseInformation, .receiveMaximum, .topicAliasMaximum, .userProperty, .maximumPacketSize,
            ]),
        Place(
            name: "a will", notation: "10 [ <MQTT> 05 06 003C {} <w> % <a> <> ]",
            allowed: [
                .payloadFormatIndicator, .messageExpiryInterval, .contentType, .responseTopic, .correlationData,
                .willDelayInterval, .userProperty,
            ]),
        Place(
            name: "CONNACK", notation: "20 [ 00 00 % ]",
            allowed: [
                .sessionExpiryInterval, .assignedClientIdentifier, .serverKeepAlive, .authenticationMethod,
                .authenticationData, .responseInformation, .serverReference, .reasonString, .receiveMaximum,
                .topicAliasMaximum, .maximumQoS, .retainAvailable, .userProperty, .maximumPacketSize,
                .wildcardSubscriptionAvailable, .subscriptionIdentifiersAvailable, .sharedSubscriptionAvailable,
            ]),
        Place(
            name: "PUBLISH", notation: "30 [ <a> % ]",
            allowed: [
                .payloadFormatIndicator, .messageExpiryInterval, .contentType, .responseTopic, .correlationData,
                .subscriptionIdentifier, .topicAlias, .userProperty,
            ]),
        Place(name: "PUBACK", notation: "40 [ 0001 00 % ]", allowed: [.reasonString, .userProperty]),
        Place(name: "PUBREC", notation: "50 [ 0001 00 % ]", allowed: [.reasonString, .userProperty]),
        Place(name: "PUBREL", notation: "62 [ 0001 00 % ]", allowed: [.reasonString, .userProperty]),
        Place(name: "PUBCOMP", notation: "70 [ 0001 00 % ]", allowed: [.reasonString, .userProperty]),
        Place(
            name: "SUBSCRIBE", notation: "82 [ 0001 % <a> 00 ]", allowed: [.subscriptionIdentifier, .userProperty]),
        Place(name: "SUBACK", notation: "90 [ 0001 % 00 ]", allowed: [.reasonString, .userProperty]),
        Place(name: "UNSUBSCRIBE", notation: "A2 [ 0001 % <a> ]", allowed: [.userProperty]),
        Place(name: "UNSUBACK", notation: "B0 [ 0001 % 00 ]", allowed: [.reasonString, .userProperty]),
        Place(
            name: "DISCONNECT", notation: "E0 [ 00 % ]",
            allowed: [.sessionExpiryInterval, .serverReference, .reasonString, .userProperty]),
        Place(
            name: "AUTH", notation: "F0 [ 18 % ]",
            allowed: [.authenticationMethod, .authenticationData, .reasonString, .userProperty]),
    ]

    /// A good value of each.
    static func notation(_ id: PropertyID) -> String {
        let value =
            switch id {
            case .payloadFormatIndicator, .requestProblemInformation, .requestResponseInformation, .maximumQoS,
                .retainAvailable, .wildcardSubscriptionAvailable, .subscriptionIdentifiersAvailable,
                .sharedSubscriptionAvailable:
                "01"
            case .messageExpiryInterval, .sessionExpiryInterval, .willDelayInterval, .maximumPacketSize: "00000001"
            case .serverKeepAlive, .receiveMaximum, .topicAliasMaximum, .topicAlias: "0001"
            case .subscriptionIdentifier: "01"
            case .contentType, .responseTopic, .assignedClientIdentifier, .authenticationMethod, .responseInformation,
                .serverReference, .reasonString:
                "<x>"
            case .correlationData, .authenticationData: "(00)"
            case .userProperty: "<k> <v>"
            }
        return "\(shown([id.rawValue])) \(value)"
    }

    // covers: MQTT-2.2.2-1 (5.0)
    @Test(arguments: places)
    func allowsWhatTheStandardLists(_ place: Place) {
        for id in PropertyID.allCases {
            #expect(place.holds(PropertiesTests.notation(id)) == place.allowed.contains(id), "\(id)")
        }
        for unknown in UInt8.min...UInt8.max where PropertyID(rawValue: unknown) == nil {
            #expect(!place.holds("\(shown([unknown])) 00000001"), "\(unknown)")
        }
    }

    // covers: MQTT-2.2.2-1 (5.0)
    @Test(arguments: places)
    func allowsEachOnceButUserPropertiesAndIdentifiersOfAMessage(_ place: Place) {
        for id in place.allowed.sorted(by: { $0.rawValue < $1.rawValue }) {
            let one = PropertiesTests.notation(id)
            let many = id == .userProperty || (id == .subscriptionIdentifier && place.name == "PUBLISH")
            #expect(place.holds("\(one) \(one)") == many, "\(id)")
        }
    }

    @Test func refusesValuesOutOfRange() throws {
        let connect = try #require(PropertiesTests.places.first)
        for wrong in ["21 0000", "27 00000000", "17 02", "19 FF"] {
            #expect(!connect.holds(wrong), "\(wrong)")
        }
        let accepted = PropertiesTests.places[2]
        for wrong in ["24 02", "25 02", "28 02", "29 02", "2A 02", "21 0000", "27 00000000"] {
            #expect(!accepted.holds(wrong), "\(wrong)")
        }
        let message = PropertiesTests.places[3]
        for wrong in ["01 02", "23 0000", "0B 00", "0B 8000", "0B FFFFFFFF01", "0B FFFFFFFF7F", "08 <a/+>"] {
            #expect(!message.holds(wrong), "\(wrong)")
        }
    }

    /// [T-05]
    @Test func allowsSixtyFourUserPropertiesAndNotOneMore() throws {
        let message = PropertiesTests.places[3]
        #expect(message.holds(String(repeating: "26 <k> <v>", count: 64)))
        let error = #expect(throws: MalformedPacket.self) {
            try decode(hex("30 [ <a> { \(String(repeating: "26 <k> <v>", count: 65)) } ]"), .v5)
        }
        #expect(error?.reason == .quotaExceeded)
    }

    /// [T-05] Two hundred kilobytes of the smallest user properties are turned away at the 65th, not read to the end:
    /// the nonsense behind it is not what it is refused for.
    @Test func isNotKeptBusyByAPacketFullOfProperties() throws {
        let flood = hex("30 [ <a> { \(String(repeating: "26 <> <>", count: 40_000)) FF } ]")
        let error = #expect(throws: MalformedPacket.self) { try decode(flood, .v5) }
        #expect(error?.reason == .quotaExceeded)
        let less = hex("30 [ <a> { \(String(repeating: "26 <> <>", count: 64)) FF } ]")
        let other = #expect(throws: MalformedPacket.self) { try decode(less, .v5) }
        #expect(other?.reason == .malformedPacket)
    }
}
