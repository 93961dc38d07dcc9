import Glibc

/// Copies what is in the log into the database, on a thread and a connection of its own: a commit waits for its own
/// sync, and for nothing else.
///
/// SQLite would do it inside a commit, which then takes twenty times as long, and all who wait with it. A log that is
/// written to all the time is never copied to its end, however, and would grow for ever: the last few frames are left
/// to the writer, between two commits. Then the log begins again, in the place it has on the disk already.
final class SQLiteCheckpointer: Sendable {
    struct Limits: Sendable {
        /// So many frames, of a page each, are copied together: a page that was written often is copied once.
        var worthwhile: Int32 = 1_000
        /// So many frames at most are left to the writer; a sync costs it more.
        var few: Int32 = 64
        /// Tries to come that near to a writer that goes on writing.
        var rounds = 4
        /// The writer waits rather than let the log grow beyond 64 MiB.
        var most: Int32 = 16_384
    }

    private enum Phase {
        case resting
        case asked
        case copying
        /// What is left is the writer's.
        case caughtUp
    }

    private struct State {
        var phase = Phase.resting
        var frames: Int32 = 0
        /// How long the log has to be before anybody is asked again.
        var next: Int32
        var failure: StoreError?
        var isRunning = false
        var stopping = false
    }

    private let path: String
    private let limits: Limits
    private let bell: Doorbell<State>

    init(_ path: String, limits: Limits = Limits()) {
        self.path = path
        self.limits = limits
        bell = Doorbell(State(next: limits.worthwhile))
    }

    /// Throws once the disk has refused a copy: nothing may be stored before all was opened anew. [T-51]
    func requireWhole() throws(StoreError) {
        // Whatever it was, its thread has ended: only a new one goes on.
        if let failure = bell.withState({ $0.failure }) { throw .unavailable(failure.description) }
    }

    /// The writer has committed, and has nobody waiting for this commit any more.
    func settle(_ writer: SQLiteConnection) {
        let frames = writer.logFrames
        let phase = bell.withState { state in
            state.frames = frames
            return state.phase
        }
        switch phase {
        case .resting: ask(at: frames)
        case .caughtUp: finish(writer)
        case .asked, .copying:
            guard frames >= limits.most else { return }
            while bell.wait(atMost: 60_000, until: { $0.phase == .caughtUp || $0.failure != nil ? true : nil }) == nil {
            }
            finish(writer)
        }
    }

    /// Ends the thread and closes its connection.
    func stop() {
        bell.ring { $0.stopping = true }
        while bell.wait(atMost: 60_000, until: { $0.isRunning ? nil : true }) == nil {}
    }

    private func ask(at frames: Int32) {
        enum Answer {
            case nothing
            case rung
            case start
        }
        let answer = bell.withState { state -> Answer in
            guard frames >= state.next, state.failure == nil, !state.stopping else { return .nothing }
            state.phase = .asked
            defer { state.isRunning = true }
            return state.isRunning ? .rung : .start
        }
        switch answer {
        case .nothing: break
        case .rung: bell.ring { _ in }
        case .start: start()
        }
    }

    private func finish(_ writer: SQLiteConnection) {
        do throws(StoreError) {
            let log = try writer.checkpoint()
            // Somebody who still reads an older state keeps the log as it is: it goes on behind its end.
            if log.isCopied { writer.logFrames = 0 }
            let next = (log.isCopied ? 0 : writer.logFrames) + limits.worthwhile
            bell.withState { state in
                state.phase = .resting
                state.next = next
            }
        } catch {
            bell.withState { $0.failure = error }
        }
    }

    // MARK: The thread

    private func start() {
        do {
            try OwnThread.start("\(path)'s log") { self.run() }
        } catch {
            bell.ring { state in
                state.failure = error
                state.isRunning = false
            }
        }
    }

    private func run() {
        do throws(StoreError) {
            let connection = try SQLiteStore.open(path)
            while isAsked() {
                try copy(connection)
                bell.ring { $0.phase = .caughtUp }
            }
        } catch {
            bell.ring { $0.failure = error }
        }
        // The connection is closed by now.
        bell.ring { $0.isRunning = false }
    }

    /// Waits until there is something to do; false if there will not be.
    private func isAsked() -> Bool {
        while true {
            let answer = bell.wait(atMost: 60_000) { state -> Bool? in
                guard !state.stopping else { return false }
                guard state.phase == .asked else { return nil }
                state.phase = .copying
                return true
            }
            if let answer { return answer }
        }
    }

    private func copy(_ connection: SQLiteConnection) throws(StoreError) {
        for _ in 0..<limits.rounds {
            let log = try connection.checkpoint()
            let left = bell.withState { $0.stopping ? 0 : $0.frames - log.copied }
            guard left > limits.few else { return }
        }
    }
}
