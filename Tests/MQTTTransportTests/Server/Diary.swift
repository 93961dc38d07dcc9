import MQTTTransport

/// Writes down what it is told.
final class Diary: ConnectionOwner {
    var entries: [String] = []
    var connection: ServerConnection?

    func opened(_ connection: ServerConnection, by peer: PeerFacts) {
        entries.append("opened")
        self.connection = connection
    }

    func received(_ bytes: RawSpan, from connection: ServerConnection) {
        entries.append("received " + bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) })
    }

    func caughtUp() { entries.append("caught up") }
    func becameWritable(_ connection: ServerConnection) { entries.append("writable") }
    func ended(_ connection: ServerConnection, _ end: SocketEnd) { entries.append("ended \(end)") }
    func failed(_ connection: ServerConnection, _ reason: String) { entries.append("failed \(reason)") }
}
