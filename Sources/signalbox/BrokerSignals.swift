import BrokerServer
import Dispatch
import Glibc
import Synchronization

/// SIGTERM, SIGINT and SIGHUP, heard on a thread of their own from the first moment on: a start that waits for its
/// database is ended at once.
final class BrokerSignals: Sendable {
    private enum Stage {
        case starting
        case running(BrokerServer)
        case stopping(BrokerServer)
    }

    private let stage = Mutex(Stage.starting)
    private let stop = DispatchSemaphore(value: 0)

    /// To be made before any other thread is, so that all of them leave signals alone. Nil, with a reason in `errno`, if
    /// the system gives no thread.
    init?() {
        // A reader of our output that goes away must not take the broker with it.
        signal(SIGPIPE, SIG_IGN)
        var set = BrokerSignals.set
        pthread_sigmask(SIG_BLOCK, &set, nil)
        let own = Unmanaged.passRetained(self)
        var thread = pthread_t()
        let failure = pthread_create(
            &thread, nil,
            { box in
                guard let box else { return nil }
                Unmanaged<BrokerSignals>.fromOpaque(box).takeRetainedValue().listen()
            }, own.toOpaque())
        guard failure == 0 else {
            own.release()
            errno = failure
            return nil
        }
        pthread_detach(thread)
    }

    /// Returns when the broker, which runs now, is asked to stop; who asks again then gives nobody more time.
    func waitForStop(of server: BrokerServer) {
        stage.withLock { $0 = .running(server) }
        stop.wait()
    }

    private func listen() -> Never {
        var set = BrokerSignals.set
        while true {
            var caught: CInt = 0
            guard sigwait(&set, &caught) == 0 else { continue }
            if caught == SIGHUP { reload() } else { end() }
        }
    }

    private func reload() {
        stage.withLock { stage in
            switch stage {
            // What a start reads is new anyway.
            case .starting: break
            case .running(let server), .stopping(let server): server.reload()
            }
        }
    }

    private func end() {
        stage.withLock { stage in
            switch stage {
            // Nobody was promised anything yet; the kernel gives back what was opened.
            case .starting: _exit(0)
            case .running(let server):
                stage = .stopping(server)
                stop.signal()
            case .stopping(let server): server.hasten()
            }
        }
    }

    private static var set: sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, SIGTERM)
        sigaddset(&set, SIGINT)
        sigaddset(&set, SIGHUP)
        return set
    }
}
