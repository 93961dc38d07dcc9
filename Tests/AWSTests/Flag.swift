import NIOConcurrencyHelpers

/// Something a test turns on under a running server.
final class Flag: Sendable {
    private let box = NIOLockedValueBox(false)

    var value: Bool {
        get { box.withLockedValue { $0 } }
        set { box.withLockedValue { $0 = newValue } }
    }
}
