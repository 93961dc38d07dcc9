import NIOCore
import TestSupport
import Testing

@testable import MQTTTransport

@Suite struct TimersTests {
    @Test func givesWhatIsDueInTheOrderOfItsTime() {
        var random = SeededRandom(seed: 7)
        let log = Log()
        var timers = Timers()
        let times = (0..<200).map { _ in Int64.random(in: 0..<50, using: &random) }
        for (number, time) in times.enumerated() {
            timers.add(log.task("\(time)/\(number)"), number: UInt64(number), at: at(time))
        }
        while let task = timers.takeDue(at: at(24)) { task() }
        let due = times.enumerated().filter { $0.element <= 24 }.sorted {
            ($0.element, $0.offset) < ($1.element, $1.offset)
        }
        #expect(log.lines == due.map { "\($0.element)/\($0.offset)" })
        #expect(timers.next.map { $0 > at(24) } == true)
    }

    @Test func forgetsWhatWasCalledOff() {
        let log = Log()
        var timers = Timers()
        timers.add(log.task("one"), number: 1, at: at(1))
        timers.add(log.task("two"), number: 2, at: at(1))
        timers.remove(1)
        while let task = timers.takeDue(at: at(1)) { task() }
        #expect(log.lines == ["two"])
    }

    @Test func callsOffWhatNobodyWaitsFor() {
        let log = Log()
        var timers = Timers()
        timers.add(log.task("two"), number: 2, at: at(1))
        timers.add(log.task("one"), number: 1, at: at(9))
        timers.cancelAll()
        #expect(log.lines == ["not one", "not two"])
        #expect(timers.next == nil)
    }

    private func at(_ time: Int64) -> NIODeadline { .uptimeNanoseconds(UInt64(time)) }

    private final class Log {
        var lines: [String] = []

        func task(_ name: String) -> Timers.Task {
            Timers.Task(run: { self.lines.append(name) }, cancel: { self.lines.append("not \(name)") })
        }
    }
}
