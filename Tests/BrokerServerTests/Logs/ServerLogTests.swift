import AdminProtocol
import BrokerCore
import Foundation
import Logging
import Synchronization
import TestSupport
import Testing

@testable import BrokerServer

@Suite struct ServerLogTests {
    @Test func followsTheLevelInForceWhileItRuns() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write("", to: "log")
        let file = try #require(FileHandle(forWritingAtPath: path))
        let log = ServerLog(.descriptor(file.fileDescriptor), level: .error)
        let logger = log.logger(.tls)
        logger.info("one")
        log.level = .debug
        logger.debug("two", metadata: ["reason": "because"])
        log.level = .error
        logger.debug("three")
        log.write([LogLine(.error, .broker, "four")], at: 0)
        log.close()
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines[0].contains(#""msg":"two""#) && lines[0].contains(#""reason":"because""#))
        #expect(lines[1].contains(#""msg":"four","caller":"broker""#))
    }

    @Test func tellsTheRingOfItsOwnLinesOnly() {
        let log = ServerLog(.none, level: .info)
        let ring = Ring<LogLine>()
        log.tell { ring.append($0) }
        log.logger(.tls).warning("own")
        log.write([LogLine(.error, .broker, "the core's")], at: 0)
        #expect(ring.elements == [LogLine(.warn, .tls, "own")])
        log.close()
    }

    /// A pipe holds 64 KiB; what is written to it while nobody reads waits, is lost and is counted.
    @Test func losesLinesRatherThanWaitForAReader() async throws {
        let pipe = Pipe()
        let log = ServerLog(.descriptor(pipe.fileHandleForWriting.fileDescriptor), level: .info)
        let line = LogLine(.info, .broker, String(repeating: "x", count: 200))
        for _ in 0..<8_000 { log.write([line], at: 0) }
        let read = Ring<String>()
        Thread.detachNewThread {
            read.append(String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self))
        }
        log.close()
        try pipe.fileHandleForWriting.close()
        let text = try await eventually("all is read") { read.elements.first }
        #expect(text.contains("log lines were lost"))
        #expect(text.split(separator: "\n").count < 8_000)
        #expect(text.hasSuffix("}\n"))
    }

    /// A disk that is full has room again one day.
    @Test func writesAgainAfterWritingHasFailed() async throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write("", to: "log")
        let descriptor = open("/dev/full", O_WRONLY | O_CLOEXEC)
        defer { close(descriptor) }
        let writer = LogWriter(.descriptor(descriptor))
        writer.write(Array("one\n".utf8))
        try await becomesTrue("there is no room") { writer.lost == 1 }
        let file = try #require(FileHandle(forWritingAtPath: path))
        #expect(dup2(file.fileDescriptor, descriptor) == descriptor)
        writer.write(Array("two\n".utf8))
        try await becomesTrue("it goes on") { try directory.read("log").hasPrefix("two\n") }
        writer.close()
        let lines = try directory.read("log").split(separator: "\n")
        #expect(lines.count == 2 && lines[1].contains(#""msg":"log lines were lost"#))
        #expect(lines[1].contains(#""count":"1""#))
    }
}

private final class Ring<Element: Sendable>: Sendable {
    private let state = Mutex<[Element]>([])
    var elements: [Element] { state.withLock { $0 } }
    func append(_ element: Element) { state.withLock { $0.append(element) } }
}
