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

extension ClientRecord {
    var counts: Counts { Counts(receivedMessages, receivedBytes, sentMessages, sentBytes) }
}

extension TopicRecord {
    var counts: Counts { Counts(messages, bytes, 0, 0) }
}
