import CPolling
import Dispatch
import Glibc
import NIOCore
import Synchronization

/// The event loop of the broker: one thread that waits for its sockets, and does what it is given in between.
///
/// NIO's own loop takes a channel and a pipeline for each socket, which for a small message cost ten times what the
/// broker itself does with it, and 2.4 KB. Here a plain socket is one object that is told when it is ready. It is a
/// full `EventLoop`: TLS runs on it in a pipeline, and futures, timers and thread pools know it.
package final class Reactor: @unchecked Sendable {
    /// What is to be done in between, in a structure: an array of closures has each of them wrapped in one more.
    private struct Task {
        let run: () -> Void
    }

    /// What other threads have left to do.
    private struct Inbox: ~Copyable {
        var tasks: [Task] = []
        var isOver = false
    }

    /// Tasks that make tasks are followed for so many rounds before sockets are looked at again.
    private static let rounds = 16
    private static let eventsAtOnce = 256

    let set: CInt
    private let bell: CInt
    private let inbox = Mutex(Inbox())
    private let numbers = Atomic<UInt64>(0)

    // Everything below belongs to the thread, which is known before anybody else sees the reactor.
    @exclusivity(unchecked) private var thread = pthread_self()
    /// By descriptor. A stale event can meet a new socket of the same number: it finds nothing to do there.
    @exclusivity(unchecked) var polled: [Polled?] = []
    @exclusivity(unchecked) private var tasks: [Task] = []
    @exclusivity(unchecked) private var running: [Task] = []
    @exclusivity(unchecked) private var timers = Timers()
    @exclusivity(unchecked) private var isStopping = false
    /// Called once all is over.
    private var farewells: [() -> Void] = []
    private let wholeRoom = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 16)
    /// Where all sockets read to; what is in it is good until the next one is read. A part of it where many have
    /// something: else a turn would take seconds when all say much in small words, and timers and operators wait. [T-76]
    @exclusivity(unchecked) private(set) var room: UnsafeMutableRawBufferPointer

    /// Starts the thread.
    package init() throws {
        room = wholeRoom
        set = cp_create()
        guard set >= 0 else { throw SystemFailure("epoll_create1") }
        bell = cp_bell()
        guard bell >= 0, cp_add(set, bell, UInt32(CP_READABLE)) == 0 else { throw SystemFailure("eventfd") }
        let started = DispatchSemaphore(value: 0)
        let start = Start(reactor: self, started: started)
        var made = pthread_t()
        let failure = pthread_create(
            &made, nil,
            { argument in
                guard let argument else { return nil }
                let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
                start.reactor.thread = pthread_self()
                start.started.signal()
                start.reactor.run()
                return nil
            }, Unmanaged.passRetained(start).toOpaque())
        guard failure == 0 else { throw IOError(errnoCode: failure, reason: "pthread_create") }
        pthread_detach(made)
        started.wait()
    }

    private final class Start {
        let reactor: Reactor
        let started: DispatchSemaphore

        init(reactor: Reactor, started: DispatchSemaphore) {
            self.reactor = reactor
            self.started = started
        }
    }

    deinit {
        Glibc.close(bell)
        Glibc.close(set)
        wholeRoom.deallocate()
    }

    // MARK: The thread

    private func run() {
        var events = [cp_event](repeating: cp_event(), count: Reactor.eventsAtOnce)
        while !isStopping {
            let count = Int(cp_wait(set, &events, CInt(events.count), patience()))
            room = UnsafeMutableRawBufferPointer(rebasing: wholeRoom[..<Reactor.portion(among: count)])
            for place in 0..<max(0, count) {
                let event = events[place]
                if event.descriptor == bell {
                    takeInbox()
                } else if Int(event.descriptor) < polled.count, let one = polled[Int(event.descriptor)] {
                    one.ready(Polled.Readiness(rawValue: event.events))
                }
            }
            runTimers()
            runTasks()
        }
        end()
    }

    /// Bytes that each of so many sockets may say in a turn: four mebibytes together, a page at least. Less for a
    /// hundred of them costs more calls per message than it gives the others in time.
    static func portion(among sockets: Int) -> Int { min(65_536, max(4_096, 4_194_304 / max(1, sockets))) }

    /// Milliseconds to wait for sockets.
    private func patience() -> CInt {
        guard tasks.isEmpty else { return 0 }
        guard let next = timers.next else { return -1 }
        let wait = next - .now()
        // Rounded up: a timer is never early, and there is no turn for nothing.
        return CInt(clamping: max(0, (wait.nanoseconds + 999_999) / 1_000_000))
    }

    private func runTimers() {
        guard let next = timers.next else { return }
        let now = NIODeadline.now()
        guard next <= now else { return }
        while let task = timers.takeDue(at: now) { task() }
    }

    private func runTasks() {
        for _ in 0..<Reactor.rounds {
            guard !tasks.isEmpty else { return }
            swap(&tasks, &running)
            for place in 0..<running.count { running[place].run() }
            running.removeAll(keepingCapacity: true)
        }
    }

    private func takeInbox() {
        _ = cp_silence(bell)
        inbox.withLock { inbox in
            tasks.append(contentsOf: inbox.tasks)
            inbox.tasks.removeAll(keepingCapacity: inbox.tasks.count < 1_024)
        }
    }

    /// What is left is done or called off; nothing is accepted after.
    private func end() {
        takeInbox()
        runTasks()
        timers.cancelAll()
        inbox.withLock { $0.isOver = true }
        takeInbox()
        runTasks()
        for case let one? in polled { close(one) }
        for farewell in farewells { farewell() }
        farewells = []
        // Its number may soon be another thread's, which is not to be taken for this one.
        thread = 0
    }
}

extension Reactor: EventLoop {
    @inline(__always)
    package var inEventLoop: Bool { pthread_equal(thread, pthread_self()) != 0 }

    package func execute(_ task: @escaping @Sendable () -> Void) {
        _ = accepts(task)
    }

    /// False if it is too late: the thread has gone.
    private func accepts(_ task: @escaping @Sendable () -> Void) -> Bool {
        if inEventLoop {
            tasks.append(Task(run: task))
            return true
        }
        let waiting = inbox.withLock { inbox in
            guard !inbox.isOver else { return 0 }
            inbox.tasks.append(Task(run: task))
            return inbox.tasks.count
        }
        if waiting == 1 { _ = cp_ring(bell) }
        return waiting > 0
    }

    package func submit<T>(_ task: @escaping @Sendable () throws -> T) -> EventLoopFuture<T> {
        let promise = makePromise(of: T.self)
        execute { Reactor.fulfil(promise, task) }
        return promise.futureResult
    }

    @discardableResult
    package func scheduleTask<T>(
        deadline: NIODeadline, _ task: @escaping @Sendable () throws -> T
    ) -> Scheduled<T> {
        let promise = makePromise(of: T.self)
        let number = numbers.add(1, ordering: .relaxed).newValue
        onThread {
            guard !self.isStopping else { return promise.fail(EventLoopError.cancelled) }
            self.timers.add(
                Timers.Task(run: { Reactor.fulfil(promise, task) }, cancel: { promise.fail(EventLoopError.cancelled) }),
                number: number, at: deadline)
        }
        return Scheduled(promise: promise) { self.onThread { self.timers.remove(number) } }
    }

    @discardableResult
    package func scheduleTask<T>(
        in span: TimeAmount, _ task: @escaping @Sendable () throws -> T
    ) -> Scheduled<T> {
        scheduleTask(deadline: .now() + span, task)
    }

    package func shutdownGracefully(queue: DispatchQueue, _ callback: @escaping @Sendable ((any Error)?) -> Void) {
        let isAccepted = accepts {
            self.isStopping = true
            self.farewells.append { queue.async { callback(nil) } }
        }
        if !isAccepted { queue.async { callback(nil) } }
    }

    package func next() -> any EventLoop { self }

    package func makeIterator() -> EventLoopIterator { EventLoopIterator([self]) }

    private func onThread(_ task: @escaping @Sendable () -> Void) {
        if inEventLoop { task() } else { execute(task) }
    }

    private static func fulfil<T>(_ promise: EventLoopPromise<T>, _ task: () throws -> T) {
        do {
            promise.assumeIsolated().succeed(try task())
        } catch {
            promise.fail(error)
        }
    }
}
