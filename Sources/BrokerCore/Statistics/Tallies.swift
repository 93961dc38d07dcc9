/// What is counted as it happens and stands in no record: packets that are no messages, bytes as the sockets see them,
/// sockets, sessions.
///
/// Operators' connections are left out, so that a console that watches does not change what it sees.
struct Tallies {
    /// Packets of any type but PUBLISH; those are counted with their clients.
    var packetsReceived: Int64 = 0
    var packetsSent: Int64 = 0
    var bytesReceived: Int64 = 0
    var bytesSent: Int64 = 0
    /// Sockets accepted, and CONNECT packets that could be read.
    var sockets: Int64 = 0
    var connects: Int64 = 0
    /// Sessions that ended because their time was over.
    var expired: Int64 = 0
    /// Clients that are connected now, and the most there were at one time.
    private(set) var connected = 0
    private(set) var mostConnected = 0

    mutating func attached() {
        connected += 1
        mostConnected = max(mostConnected, connected)
    }

    mutating func detached() { connected -= 1 }
}
