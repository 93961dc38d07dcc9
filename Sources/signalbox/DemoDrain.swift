import MessageQueue
import NIOCore

/// The platform's drain: reads the queue a moment after it was written, as the real one does.
///
/// Without it the demo's queue would grow for ever, and look like trouble.
enum DemoDrain {
    private static let lag: Int64 = 400
    private static let portion = 5_000

    /// Reads until the loop ends. On a loop of its own: the disk may take its time.
    static func start(_ path: String, on loop: any EventLoop) {
        loop.execute {
            // A queue that cannot be read shows on the console as one that grows.
            guard let drain = try? SQLiteDrain(path) else { return }
            let bound = NIOLoopBound(drain, eventLoop: loop)
            loop.scheduleRepeatedTask(initialDelay: .milliseconds(500), delay: .milliseconds(500)) { _ in
                try? bound.value.take(storedBefore: Clock.wall() - lag, atMost: portion)
            }
        }
    }
}
