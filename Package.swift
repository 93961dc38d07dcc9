// swift-tools-version: 6.2
import PackageDescription

/// One handwriting for every Swift target: Swift 6 mode, and a warning is an error.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let nio: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let nioTLS: Target.Dependency = .product(name: "NIOTLS", package: "swift-nio")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let x509: Target.Dependency = .product(name: "X509", package: "swift-certificates")
let asn1: Target.Dependency = .product(name: "SwiftASN1", package: "swift-asn1")
let http: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

/// A target that decides: no socket, no clock, no terminal, no Foundation.
func pure(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

/// A target that acts: a thin shell around the pure ones.
func shell(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: settings)
}

let package = Package(
    name: "signalbox",
    products: [.executable(name: "signalbox", targets: ["signalbox"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-certificates", exact: "1.21.1"),
        .package(url: "https://github.com/apple/swift-asn1", exact: "1.7.4"),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
    ],
    targets: [
        pure("MQTT"),
        pure("AdminProtocol"),
        pure("BrokerCore", ["MQTT", "AdminProtocol"]),
        pure("ConsoleCore", ["AdminProtocol"]),
        // The oracle: it sees nothing of what it judges.
        pure("Ledger"),

        shell("MQTTTransport", ["MQTT", "CPolling", nio, nioPosix, nioTLS, nioSSL]),
        shell("AdminClient", ["AdminProtocol", "MQTT", "MQTTTransport", nio, nioPosix, nioSSL]),
        shell("Authority", ["AdminProtocol", "BrokerCore", "MQTT", crypto, x509, asn1]),
        shell("AWS", [crypto, http, nio, nioPosix, nioSSL, nioHTTP1]),
        shell("MessageQueue", ["AWS", "BrokerCore", "MQTT", "CSQLite", "CLibpq", crypto, nio]),
        shell(
            "BrokerServer",
            [
                "MQTT", "AdminProtocol", "BrokerCore", "MQTTTransport", "Authority", "MessageQueue",
                "AWS", nio, nioPosix, nioTLS, nioSSL, logging,
            ]),
        shell("Terminal", ["ConsoleCore", "CTerminal"]),
        shell(
            "Fleet",
            ["AdminProtocol", "MQTT", "BrokerCore", "MQTTTransport", "Authority", nio, nioPosix, nioSSL]),
        .executableTarget(
            name: "signalbox",
            dependencies: [
                "MQTT", "AdminProtocol", "BrokerCore", "ConsoleCore", "MQTTTransport", "AdminClient", "Authority",
                "MessageQueue", "BrokerServer", "Terminal", "Fleet", "CProcess", arguments, nio, nioPosix, nioSSL,
            ],
            swiftSettings: settings),

        // Links the broker to put a store that lies under it; part of no product.
        .executableTarget(
            name: "signalbox-ledger",
            dependencies: [
                "Ledger", "AdminProtocol", "BrokerCore", "Authority", "BrokerServer", "MessageQueue", "CSQLite",
                "CProcess", arguments, crypto, nio, nioPosix, nioSSL,
            ],
            swiftSettings: settings),

        .target(
            name: "CTerminal",
            cSettings: [.define("_GNU_SOURCE")],
            linkerSettings: [.linkedLibrary("ncursesw"), .linkedLibrary("tinfo")]),
        // What Glibc's module leaves out.
        .target(name: "CProcess"),
        .target(name: "CPolling", cSettings: [.define("_GNU_SOURCE")]),
        .systemLibrary(
            name: "CSQLite", pkgConfig: "sqlite3",
            providers: [.apt(["libsqlite3-dev"]), .brew(["sqlite3"])]),
        .systemLibrary(name: "CLibpq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"]), .brew(["libpq"])]),

        .target(
            name: "HTTPSupport",
            dependencies: [nio, nioPosix, nioHTTP1, .product(name: "NIOConcurrencyHelpers", package: "swift-nio")],
            path: "Tests/HTTPSupport", swiftSettings: settings),
        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: settings),
        tests("MQTTTests", ["MQTT", "TestSupport"]),
        tests("AdminProtocolTests", ["AdminProtocol", "TestSupport"]),
        tests("BrokerCoreTests", ["BrokerCore", "MQTT", "AdminProtocol", "TestSupport"]),
        tests(
            "ConformanceTests", ["BrokerCore", "MQTT", "AdminProtocol", "TestSupport"],
            exclude: ["Corpus", "statements.tsv", "differences.tsv"]),
        tests("SimulationTests", ["BrokerCore", "MQTT", "AdminProtocol", "TestSupport"]),
        tests("ConsoleCoreTests", ["ConsoleCore", "AdminProtocol", "TestSupport"], exclude: ["Golden"]),
        tests(
            "MQTTTransportTests",
            ["MQTTTransport", "CPolling", "Authority", "MQTT", "TestSupport", nio, nioPosix, nioEmbedded, nioSSL]),
        tests("AuthorityTests", ["Authority", "BrokerCore", "AdminProtocol", "TestSupport", crypto, x509]),
        tests(
            "AWSTests", ["AWS", "HTTPSupport", nio, .product(name: "NIOConcurrencyHelpers", package: "swift-nio")],
            exclude: ["signatures.jsonl"]),
        tests(
            "MessageQueueTests",
            [
                "AWS", "MessageQueue", "BrokerCore", "MQTT", "HTTPSupport",
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"), "TestSupport",
            ]),
        tests(
            "BrokerServerTests",
            [
                "BrokerServer", "BrokerCore", "MQTTTransport", "Authority", "MQTT", "AdminProtocol", "MessageQueue",
                "AWS", "AdminClient", "Fleet", "TestSupport", nio, nioPosix, nioEmbedded, nioTLS, nioSSL, logging,
            ]),
        .executableTarget(
            name: "TerminalProbe", dependencies: ["Terminal", "ConsoleCore"], path: "Tests/TerminalProbe",
            swiftSettings: settings),
        tests("TerminalTests", ["Terminal", "TerminalProbe", "ConsoleCore", "TestSupport"]),
        tests("FleetTests", ["Fleet", "AdminProtocol", "BrokerCore", "MQTT", "TestSupport"]),
        tests("LedgerTests", ["Ledger"]),
        tests(
            "EndToEndTests",
            ["CSQLite", "MQTT", "MQTTTransport", "AdminProtocol", "AdminClient", "Fleet", "TestSupport", nio, nioPosix]),
        tests("TidyTests", ["TestSupport"]),
    ]
)
