import Glibc

/// A thread for what blocks: a store is asked on one of its own, never on the event loop.
package enum OwnThread {
    /// Carries what the thread is to do into it.
    private final class Deed {
        let body: () -> Void
        init(_ body: @escaping () -> Void) { self.body = body }
    }

    /// Starts a thread that ends with `body`; `purpose` says whose it is if the system gives none.
    package static func start(_ purpose: String, _ body: @escaping () -> Void) throws(StoreError) {
        let deed = Unmanaged.passRetained(Deed(body))
        var thread = pthread_t()
        let failure = pthread_create(
            &thread, nil,
            { box in
                guard let box else { return nil }
                Unmanaged<Deed>.fromOpaque(box).takeRetainedValue().body()
                return nil
            }, deed.toOpaque())
        guard failure == 0 else {
            deed.release()
            throw .unavailable("no thread for \(purpose): \(String(cString: strerror(failure)))")
        }
        pthread_detach(thread)
    }
}
