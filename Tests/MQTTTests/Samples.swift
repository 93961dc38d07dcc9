import MQTT
import TestSupport

/// Every packet of both versions, from the least there can be to everything there can be.
enum Samples {
    static let all =
        connects + connAcks + publishes + acknowledgements + subscribes + unsubscribes + pings + disconnects + auths

    static let connects: [Sample] = [
        Sample(
            "CONNECT, the least", .v311, "10 [ <MQTT> 04 02 003C <worker-1> ]",
            .connect(Connect(version: .v311, clientID: client("worker-1")))),
        Sample(
            "CONNECT, the least", .v5, "10 [ <MQTT> 05 02 003C {} <worker-1> ]",
            .connect(Connect(clientID: client("worker-1")))),
        Sample(
            "CONNECT without a name, to a session, without keep alive", .v5, "10 [ <MQTT> 05 00 0000 {} <> ]",
            .connect(Connect(clientID: client(""), cleanStart: false, keepAlive: 0))),
        Sample(
            "CONNECT with will, user and password", .v311,
            "10 [ <MQTT> 04 EE FFFF <w> <a/will> <gone> <user> (00FF) ]",
            .connect(
                Connect(
                    version: .v311, clientID: client("w"), keepAlive: 65_535,
                    will: Will(topic: topic("a/will"), payload: bytes("gone"), qos: .atLeastOnce, retain: true),
                    userName: bytes("user"), password: [0, 0xFF]))),
        Sample(
            "CONNECT with an empty will at QoS 2", .v311, "10 [ <MQTT> 04 14 000A <w> <a> () ]",
            .connect(
                Connect(
                    version: .v311, clientID: client("w"), cleanStart: false, keepAlive: 10,
                    will: Will(topic: topic("a"), payload: [], qos: .exactlyOnce)))),
        Sample(
            "CONNECT with a password and no user", .v5, "10 [ <MQTT> 05 42 003C {} <w> (73) ]",
            .connect(Connect(clientID: client("w"), password: [0x73]))),
        Sample(
            "CONNECT with everything", .v5,
            """
            10 [ <MQTT> 05 F4 003C
            { 11 00000E10 | 21 0064 | 27 00020000 | 22 0010 | 19 01 | 17 00 | 26 <key> <value> | 26 <key> <again>
              15 <SCRAM> | 16 (01 02) }
            <worker-1>
            { 18 00000005 | 01 01 | 02 0000003C | 03 <text/plain> | 08 <reply/here> | 09 (AA BB) | 26 <a> <b> }
            <will/topic> <gone> <user> (7077) ]
            """,
            .connect(
                Connect(
                    clientID: client("worker-1"), cleanStart: false,
                    properties: [
                        .sessionExpiryInterval(3_600), .receiveMaximum(100), .maximumPacketSize(131_072),
                        .topicAliasMaximum(16), .requestResponseInformation(true), .requestProblemInformation(false),
                        .userProperty(name: bytes("key"), value: bytes("value")),
                        .userProperty(name: bytes("key"), value: bytes("again")),
                        .authenticationMethod(bytes("SCRAM")), .authenticationData([1, 2]),
                    ],
                    will: Will(
                        topic: topic("will/topic"), payload: bytes("gone"), qos: .exactlyOnce, retain: true,
                        properties: [
                            .willDelayInterval(5), .payloadFormatIndicator(1), .messageExpiryInterval(60),
                            .contentType(bytes("text/plain")), .responseTopic(bytes("reply/here")),
                            .correlationData([0xAA, 0xBB]), .userProperty(name: bytes("a"), value: bytes("b")),
                        ]),
                    userName: bytes("user"), password: bytes("pw")))),
    ]

    static let connAcks: [Sample] = [
        Sample("CONNACK, accepted", .v311, "20 02 00 00", .connAck(ConnAck())),
        Sample("CONNACK, accepted", .v5, "20 03 00 00 00", .connAck(ConnAck())),
        Sample("CONNACK to a kept session", .v311, "20 02 01 00", .connAck(ConnAck(sessionPresent: true))),
        Sample("CONNACK to a kept session", .v5, "20 03 01 00 00", .connAck(ConnAck(sessionPresent: true))),
        Sample(
            "CONNACK, no such version", .v311, "20 02 00 01", .connAck(ConnAck(reason: .unsupportedProtocolVersion))),
        Sample("CONNACK, no such id", .v311, "20 02 00 02", .connAck(ConnAck(reason: .clientIdentifierNotValid))),
        Sample("CONNACK, unavailable", .v311, "20 02 00 03", .connAck(ConnAck(reason: .serverUnavailable))),
        Sample("CONNACK, a wrong password", .v311, "20 02 00 04", .connAck(ConnAck(reason: .badUserNameOrPassword))),
        Sample("CONNACK, not allowed", .v311, "20 02 00 05", .connAck(ConnAck(reason: .notAuthorized))),
        Sample(
            "CONNACK with everything", .v5,
            """
            20 [ 00 8A { 11 00000000 | 21 0064 | 24 01 | 25 00 | 27 0001F400 | 12 <made-up> | 22 0010 | 1F <why>
            26 <k> <v> | 28 01 | 29 00 | 2A 01 | 13 012C | 1A <reply/> | 1C <other:1> | 15 <M> | 16 (07) } ]
            """,
            .connAck(
                ConnAck(
                    reason: .banned,
                    properties: [
                        .sessionExpiryInterval(0), .receiveMaximum(100), .maximumQoS(1), .retainAvailable(false),
                        .maximumPacketSize(128_000), .assignedClientIdentifier(bytes("made-up")),
                        .topicAliasMaximum(16), .reasonString(bytes("why")),
                        .userProperty(name: bytes("k"), value: bytes("v")), .wildcardSubscriptionAvailable(true),
                        .subscriptionIdentifiersAvailable(false), .sharedSubscriptionAvailable(true),
                        .serverKeepAlive(300), .responseInformation(bytes("reply/")),
                        .serverReference(bytes("other:1")), .authenticationMethod(bytes("M")),
                        .authenticationData([7]),
                    ]))),
    ]

    static let publishes: [Sample] = [
        Sample(
            "PUBLISH", .v311, "30 [ <a/b> 'hi' ]", .publish(Publish(topic: topic("a/b"), payload: bytes("hi")))),
        Sample(
            "PUBLISH", .v5, "30 [ <a/b> {} 'hi' ]", .publish(Publish(topic: topic("a/b"), payload: bytes("hi")))),
        Sample("PUBLISH of nothing", .v311, "30 [ </> ]", .publish(Publish(topic: topic("/"), payload: []))),
        Sample(
            "PUBLISH, kept, of nothing", .v5, "31 [ <a> {} ]",
            .publish(Publish(topic: topic("a"), payload: [], retain: true))),
        Sample(
            "PUBLISH at QoS 1, again", .v311, "3A [ <a> 000A 00 ]",
            .publish(
                Publish(topic: topic("a"), payload: [0], qos: .atLeastOnce, duplicate: true, packetID: 10))),
        Sample(
            "PUBLISH at QoS 1", .v5, "32 [ <a> 0001 {} FF ]",
            .publish(Publish(topic: topic("a"), payload: [0xFF], qos: .atLeastOnce, packetID: 1))),
        Sample(
            "PUBLISH at QoS 2, kept, again", .v311, "3D [ <a> FFFF 'x' ]",
            .publish(
                Publish(
                    topic: topic("a"), payload: bytes("x"), qos: .exactlyOnce, retain: true, duplicate: true,
                    packetID: 65_535))),
        Sample(
            "PUBLISH with every property", .v5,
            """
            34 [ <a> 0102 { 01 01 | 02 FFFFFFFF | 23 FFFF | 08 <r> | 09 () | 26 <> <> | 0B 01 | 0B FFFFFF7F
            03 <> } '{}' ]
            """,
            .publish(
                Publish(
                    topic: topic("a"), payload: bytes("{}"), qos: .exactlyOnce, packetID: 0x0102,
                    properties: [
                        .payloadFormatIndicator(1), .messageExpiryInterval(.max), .topicAlias(.max),
                        .responseTopic(bytes("r")), .correlationData([]), .userProperty(name: [], value: []),
                        .subscriptionIdentifier(1), .subscriptionIdentifier(268_435_455), .contentType([]),
                    ]))),
        Sample(
            "PUBLISH to an alias", .v5, "30 [ <> { 23 0001 } 'x' ]",
            .publish(Publish(topic: nil, payload: bytes("x"), properties: [.topicAlias(1)]))),
        Sample(
            "PUBLISH beyond ASCII", .v5, "30 [ <$é/ẞ/漢/🚦> {} ]",
            .publish(Publish(topic: topic("$é/ẞ/漢/🚦"), payload: []))),
        Sample(
            "PUBLISH of 200 bytes", .v311, "30 [ <a> '\(String(repeating: "x", count: 200))' ]",
            .publish(Publish(topic: topic("a"), payload: [UInt8](repeating: 0x78, count: 200)))),
    ]

    static let acknowledgements: [Sample] =
        [
            ("PUBACK", "40", Packet.pubAck, ReasonCode.notAuthorized, "87"),
            ("PUBREC", "50", Packet.pubRec, .quotaExceeded, "97"),
            ("PUBREL", "62", Packet.pubRel, .packetIdentifierNotFound, "92"),
            ("PUBCOMP", "70", Packet.pubComp, .packetIdentifierNotFound, "92"),
        ].flatMap { name, first, packet, reason, code in
            [
                Sample(name, .v311, "\(first) 02 0001", packet(Acknowledgement(packetID: 1))),
                Sample(name, .v5, "\(first) 02 FFFF", packet(Acknowledgement(packetID: 65_535))),
                Sample(
                    "\(name) with a reason", .v5, "\(first) [ 000A \(code) ]",
                    packet(Acknowledgement(packetID: 10, reason: reason))),
                Sample(
                    "\(name) with properties", .v5, "\(first) [ 000A 00 { 1F <why> 26 <k> <v> } ]",
                    packet(
                        Acknowledgement(
                            packetID: 10,
                            properties: [
                                .reasonString(bytes("why")), .userProperty(name: bytes("k"), value: bytes("v")),
                            ]))),
            ]
        }

    static let subscribes: [Sample] = [
        Sample(
            "SUBSCRIBE", .v311, "82 [ 0001 <a/+/#> 01 <b> 00 <$share/g/c> 02 ]",
            .subscribe(
                Subscribe(
                    packetID: 1,
                    subscriptions: [
                        Subscription(filter: filter("a/+/#"), maximumQoS: .atLeastOnce),
                        Subscription(filter: filter("b")),
                        Subscription(filter: filter("$share/g/c"), maximumQoS: .exactlyOnce),
                    ]))),
        Sample(
            "SUBSCRIBE", .v5, "82 [ 0001 {} <#> 00 ]",
            .subscribe(Subscribe(packetID: 1, subscriptions: [Subscription(filter: filter("#"))]))),
        Sample(
            "SUBSCRIBE with everything", .v5,
            "82 [ FFFF { 0B 8001 26 <k> <v> } <a> 2E <$share/g/+> 19 <c> 01 ]",
            .subscribe(
                Subscribe(
                    packetID: 65_535,
                    subscriptions: [
                        Subscription(
                            filter: filter("a"), maximumQoS: .exactlyOnce, noLocal: true, retainAsPublished: true,
                            retainHandling: .doNotSend),
                        Subscription(
                            filter: filter("$share/g/+"), maximumQoS: .atLeastOnce, retainAsPublished: true,
                            retainHandling: .sendIfNew),
                        Subscription(filter: filter("c"), maximumQoS: .atLeastOnce),
                    ],
                    properties: [
                        .subscriptionIdentifier(128), .userProperty(name: bytes("k"), value: bytes("v")),
                    ]))),
        Sample(
            "SUBACK", .v311, "90 [ 0001 00 01 02 80 ]",
            .subAck(SubAck(packetID: 1, reasons: [.success, .grantedQoS1, .grantedQoS2, .unspecifiedError]))),
        Sample(
            "SUBACK", .v5, "90 [ 000A { 1F <why> 26 <k> <v> } 87 02 A2 ]",
            .subAck(
                SubAck(
                    packetID: 10, reasons: [.notAuthorized, .grantedQoS2, .wildcardSubscriptionsNotSupported],
                    properties: [
                        .reasonString(bytes("why")), .userProperty(name: bytes("k"), value: bytes("v")),
                    ]))),
    ]

    static let unsubscribes: [Sample] = [
        Sample(
            "UNSUBSCRIBE", .v311, "A2 [ 0001 <a> <b/#> ]",
            .unsubscribe(Unsubscribe(packetID: 1, filters: [filter("a"), filter("b/#")]))),
        Sample(
            "UNSUBSCRIBE", .v5, "A2 [ 0001 { 26 <k> <v> } <a> ]",
            .unsubscribe(
                Unsubscribe(
                    packetID: 1, filters: [filter("a")],
                    properties: [.userProperty(name: bytes("k"), value: bytes("v"))]))),
        Sample("UNSUBACK", .v311, "B0 02 0001", .unsubAck(UnsubAck(packetID: 1, reasons: []))),
        Sample(
            "UNSUBACK", .v5, "B0 [ 0001 { 1F <why> } 00 11 87 ]",
            .unsubAck(
                UnsubAck(
                    packetID: 1, reasons: [.success, .noSubscriptionExisted, .notAuthorized],
                    properties: [.reasonString(bytes("why"))]))),
    ]

    static let pings: [Sample] = [
        Sample("PINGREQ", .v311, "C0 00", .pingRequest), Sample("PINGREQ", .v5, "C0 00", .pingRequest),
        Sample("PINGRESP", .v311, "D0 00", .pingResponse), Sample("PINGRESP", .v5, "D0 00", .pingResponse),
    ]

    static let disconnects: [Sample] = [
        Sample("DISCONNECT", .v311, "E0 00", .disconnect(Disconnect())),
        Sample("DISCONNECT", .v5, "E0 00", .disconnect(Disconnect())),
        Sample("DISCONNECT with the will", .v5, "E0 01 04", .disconnect(Disconnect(reason: .disconnectWithWill))),
        Sample(
            "DISCONNECT with everything", .v5,
            "E0 [ 8E { 11 0000000A | 1F <why> | 26 <k> <v> | 1C <other:1> } ]",
            .disconnect(
                Disconnect(
                    reason: .sessionTakenOver,
                    properties: [
                        .sessionExpiryInterval(10), .reasonString(bytes("why")),
                        .userProperty(name: bytes("k"), value: bytes("v")), .serverReference(bytes("other:1")),
                    ]))),
    ]

    static let auths: [Sample] = [
        Sample("AUTH", .v5, "F0 00", .auth(Auth())),
        Sample(
            "AUTH with everything", .v5, "F0 [ 18 { 15 <M> | 16 (00) | 1F <why> | 26 <k> <v> } ]",
            .auth(
                Auth(
                    reason: .continueAuthentication,
                    properties: [
                        .authenticationMethod(bytes("M")), .authenticationData([0]), .reasonString(bytes("why")),
                        .userProperty(name: bytes("k"), value: bytes("v")),
                    ]))),
    ]
}
