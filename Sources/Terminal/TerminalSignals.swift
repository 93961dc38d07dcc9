import CTerminal

/// The signals of a terminal, read as messages instead of interrupting.
///
/// Made first of all, before any thread exists: threads inherit that they are blocked, so that they arrive here and
/// nowhere else.
package final class TerminalSignals {
    package enum Signal: Equatable, Sendable {
        case resized
        case interrupted
        case terminated
        case hungUp
        /// SIGTSTP: somebody wants the terminal.
        case stopRequested
        case continued
    }

    let descriptor: Int32

    package init() {
        descriptor = ct_signals_open()
    }

    deinit {
        ct_signals_close(descriptor)
    }

    /// The signals that have come, without waiting.
    package func take() -> [Signal] {
        var signals: [Signal] = []
        while let signal = next() { signals.append(signal) }
        return signals
    }

    private func next() -> Signal? {
        switch Int(ct_next_signal(descriptor)) {
        case CT_SIGNAL_RESIZE: .resized
        case CT_SIGNAL_INTERRUPT: .interrupted
        case CT_SIGNAL_TERMINATE: .terminated
        case CT_SIGNAL_HANGUP: .hungUp
        case CT_SIGNAL_STOP: .stopRequested
        case CT_SIGNAL_CONTINUE: .continued
        default: nil
        }
    }
}
