import Dispatch
import NIOCore
import Synchronization
import Testing

@testable import MQTTTransport

@Suite struct ReactorTests {
    @Test func doesWhatOtherThreadsLeaveInTheirOrder() throws {
        let reactor = try Reactor()
        defer { try? reactor.syncShutdownGracefully() }
        let log = Mutex<[Int]>([])
        for number in 0..<1_000 { reactor.execute { log.withLock { $0.append(number) } } }
        try reactor.submit {}.wait()
        #expect(log.withLock { $0 } == Array(0..<1_000))
        #expect(!reactor.inEventLoop)
        #expect(try reactor.submit { reactor.inEventLoop }.wait())
    }

    @Test func doesNothingBeforeItsTime() throws {
        let reactor = try Reactor()
        defer { try? reactor.syncShutdownGracefully() }
        let due = NIODeadline.now() + .milliseconds(30)
        let done = try reactor.scheduleTask(deadline: due) { NIODeadline.now() }.futureResult.wait()
        #expect(done >= due)
    }

    /// [T-76] A turn is as long as what is read in it.
    @Test func readsLessOfEachWhereManyHaveSomething() {
        #expect(
            [-1, 0, 1, 64, 65, 256, 1_024].map(Reactor.portion)
                == [65_536, 65_536, 65_536, 65_536, 64_527, 16_384, 4_096])
    }

    @Test func forgetsWhatWasCalledOff() throws {
        let reactor = try Reactor()
        defer { try? reactor.syncShutdownGracefully() }
        // The loop is held up meanwhile: its time must not come before this thread has called it off.
        let gate = DispatchSemaphore(value: 0)
        reactor.execute { gate.wait() }
        let scheduled = reactor.scheduleTask(in: .milliseconds(1)) { Issue.record("it was called off") }
        scheduled.cancel()
        gate.signal()
        try reactor.scheduleTask(in: .milliseconds(5)) {}.futureResult.wait()
        #expect(throws: EventLoopError.self) { try scheduled.futureResult.wait() }
    }

    @Test func repeatsATaskUntilItIsCancelled() throws {
        let reactor = try Reactor()
        defer { try? reactor.syncShutdownGracefully() }
        let enough = reactor.makePromise(of: Void.self)
        let count = Tally()
        let task = reactor.scheduleRepeatedTask(initialDelay: .zero, delay: .milliseconds(1)) { _ in
            if count.add() == 3 { enough.succeed() }
        }
        try enough.futureResult.wait()
        task.cancel()
    }

    @Test func callsOffItsTimersWhenItStops() throws {
        let reactor = try Reactor()
        let told = Mutex<(any Error)?>(nil)
        reactor.scheduleTask(in: .hours(1)) {}.futureResult.whenFailure { error in told.withLock { $0 = error } }
        try reactor.syncShutdownGracefully()
        #expect(told.withLock { $0 } as? EventLoopError == .cancelled)
    }
}

private final class Tally: Sendable {
    private let count = Mutex(0)
    func add() -> Int {
        count.withLock {
            $0 += 1
            return $0
        }
    }
}
