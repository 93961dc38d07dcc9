/// Messages and bytes, in and out, as one value: added, subtracted and kept in rings.
///
/// `x` messages received, `y` bytes received, `z` messages sent, `w` bytes sent.
typealias Counts = SIMD4<Int64>

extension Counts {
    var received: Int64 { x }
    var receivedBytes: Int64 { y }
    var sent: Int64 { z }
    var sentBytes: Int64 { w }
}

/// The same, as objects keep it: a vector's alignment of 32 bytes costs a place in every object around it.
struct PackedCounts {
    private var received: Int64 = 0
    private var receivedBytes: Int64 = 0
    private var sent: Int64 = 0
    private var sentBytes: Int64 = 0

    init() {}

    init(_ counts: Counts) {
        (received, receivedBytes) = (counts.x, counts.y)
        (sent, sentBytes) = (counts.z, counts.w)
    }

    var counts: Counts { Counts(received, receivedBytes, sent, sentBytes) }
}

extension ClientRecord {
    var counts: Counts { Counts(receivedMessages, receivedBytes, sentMessages, sentBytes) }
}

extension TopicRecord {
    var counts: Counts { Counts(messages, bytes, 0, 0) }
}
