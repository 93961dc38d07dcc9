import CTerminal

/// What woke the main thread.
package struct Wakeup: OptionSet, Sendable {
    package let rawValue: Int
    package static let keys = Wakeup(rawValue: CT_READY_KEYS)
    package static let mail = Wakeup(rawValue: CT_READY_BELL)
    package static let signal = Wakeup(rawValue: CT_READY_SIGNAL)
    /// The terminal is no more.
    package static let gone = Wakeup(rawValue: CT_GONE)

    package init(rawValue: Int) {
        self.rawValue = rawValue
    }

    /// Waits for mail, a signal and, if asked, keys, at most so many milliseconds.
    package static func wait<Message>(
        keys: Bool = true, mailbox: Mailbox<Message>, signals: TerminalSignals, milliseconds: Int
    ) -> Wakeup {
        Wakeup(rawValue: Int(ct_wait(keys, mailbox.bell, signals.descriptor, Int32(clamping: max(0, milliseconds)))))
    }
}
