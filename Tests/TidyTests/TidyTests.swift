import Foundation
import Testing

/// What may be imported where, and which words no source may hold: the compiler holds most of it, this holds the rest.
struct TidyTests {
    /// Targets that decide: they reach no socket, no clock, no terminal, no file.
    static let pure: [String: Set<String>] = [
        "MQTT": [],
        "AdminProtocol": [],
        "BrokerCore": ["MQTT", "AdminProtocol"],
        "ConsoleCore": ["AdminProtocol"],
        "Ledger": [],
    ]

    /// Targets that act, and what of ours they may see: strictly downward.
    static let shells: [String: Set<String>] = [
        "MQTTTransport": ["MQTT", "CPolling"],
        "AdminClient": ["AdminProtocol", "MQTT", "MQTTTransport"],
        "Authority": ["AdminProtocol", "BrokerCore", "MQTT"],
        "AWS": [],
        "MessageQueue": ["AWS", "BrokerCore", "MQTT", "CSQLite", "CLibpq"],
        "BrokerServer": ["AWS", "MQTT", "AdminProtocol", "BrokerCore", "MQTTTransport", "Authority", "MessageQueue"],
        "Terminal": ["ConsoleCore", "CTerminal"],
        "Fleet": ["AdminProtocol", "MQTT", "BrokerCore", "MQTTTransport", "Authority"],
        "signalbox-ledger": [
            "Ledger", "AdminProtocol", "BrokerCore", "Authority", "BrokerServer", "MessageQueue", "CSQLite", "CProcess",
        ],
    ]

    static let ours = Set(pure.keys).union(shells.keys).union([
        "CTerminal", "CPolling", "CSQLite", "CLibpq", "CProcess", "signalbox",
    ])

    @Test func pureTargetsImportOnlyWhatDecides() throws {
        for (target, allowed) in Self.pure {
            for source in try Source.all(of: target) {
                let outside = source.imports.subtracting(allowed)
                #expect(outside.isEmpty, "\(source.path) imports \(outside.sorted())")
            }
        }
    }

    @Test func shellsImportOnlyTargetsBelowThem() throws {
        for (target, allowed) in Self.shells {
            for source in try Source.all(of: target) {
                let outside = source.imports.intersection(Self.ours).subtracting(allowed)
                #expect(outside.isEmpty, "\(source.path) imports \(outside.sorted())")
            }
        }
    }

    @Test func onlyTheTerminalSeesCurses() throws {
        for target in Self.ours.subtracting(["Terminal", "CTerminal", "CSQLite", "CLibpq"]) {
            for source in try Source.all(of: target) {
                #expect(!source.imports.contains("CTerminal"), "\(source.path)")
            }
        }
        let header = try String(
            contentsOf: Source.root.appending(path: "Sources/CTerminal/include/CTerminal.h"), encoding: .utf8)
        #expect(!header.contains("#include <ncurses.h>"))
    }

    @Test func pureTargetsReadNoClockAndNoRandom() throws {
        let words = [
            "ContinuousClock", "SuspendingClock", "SystemRandomNumberGenerator", ".random(", "clock_gettime",
            "import Glibc", "Task.detached", "Task.sleep",
        ]
        for target in Self.pure.keys {
            for source in try Source.all(of: target) {
                for word in words {
                    let isHeld = source.code.contains(word)
                    #expect(!isHeld, "\(source.path) holds \(word)")
                }
            }
        }
    }

    /// [T-15] What wire values can do by arithmetic, the fuzz targets look for.
    @Test func nothingTrapsByHand() throws {
        let words = ["try!", "as!", "fatalError(", "unowned(unsafe)"]
        for target in Self.ours {
            for source in try Source.all(of: target) {
                for word in words {
                    let isHeld = source.code.contains(word)
                    #expect(!isHeld, "\(source.path) holds \(word)")
                }
            }
        }
    }

    @Test func onlyTheExecutablePrints() throws {
        for target in Self.ours.subtracting(["signalbox"]) {
            for source in try Source.all(of: target) {
                #expect(!source.code.contains(/(?:^|[^A-Za-z_])print\(/), "\(source.path) prints")
            }
        }
    }

    @Test func noTargetImportsAllOfFoundation() throws {
        for target in Self.ours {
            for source in try Source.all(of: target) {
                #expect(!source.imports.contains("Foundation"), "\(source.path): FoundationEssentials is enough")
            }
        }
    }

    @Test func uncheckedOptimisationIsNowhere() throws {
        let manifest = try String(contentsOf: Source.root.appending(path: "Package.swift"), encoding: .utf8)
        #expect(!manifest.contains("-O" + "unchecked"))
    }

    @Test func theTopLevelHoldsWhatWasAgreed() throws {
        let allowed: Set = ["Package.swift", "Package.resolved", "Sources", "Tests", "screenshots", "README.md"]
        let found = try FileManager.default.contentsOfDirectory(atPath: Source.root.path())
        let others = Set(found.filter { !$0.hasPrefix(".") }).subtracting(allowed)
        #expect(others.isEmpty, "\(others.sorted())")
    }
}
