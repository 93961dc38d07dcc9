/// Bytes of what is kept for others, counted where it comes and goes. [T-70]
///
/// A message counts once, however many wait for it: it is counted when it is made and when the last one lets go of it;
/// its place in each queue counts there. What is counted late is held too much of: a second is a gigabyte.
final class Holdings {
    @exclusivity(unchecked) var messages = 0
    @exclusivity(unchecked) var wills = 0
    /// What waits in both directions: outboxes, what their sockets have not taken, and beginnings of packets.
    @exclusivity(unchecked) var buffers = 0
    /// Places in the queues of sessions.
    @exclusivity(unchecked) var places = 0
    /// Names: of sessions, filters and topics, with what is known of each.
    @exclusivity(unchecked) var names = 0

    var total: Int { messages &+ wills &+ buffers &+ places &+ names }
}
