import BrokerCore
import Glibc
import MQTT

/// What it costs the broker's core that clients come, stay and go, without sockets.
package struct ConnectionBench: ~Copyable {
    private var broker: Broker
    private var now = Moment(nanoseconds: 1_000_000_000, wall: 1_763_800_000_000)
    private var number = 0

    package init() {
        broker = Broker(configuration: BrokerConfiguration(), at: now)
    }

    /// Clients come and go, one after the other, each with a name of its own; says how many were let in.
    package mutating func comeAndGo(_ count: Int) -> Int {
        let goodbye = Packet.disconnect(Disconnect()).encoded(.v311)
        var letIn = 0
        for _ in 0..<count {
            guard let id = connect() else { continue }
            letIn += 1
            feed(goodbye, from: id)
            broker.effects.removeAll()
            broker.ended(id, .asked, at: now)
            broker.effects.removeAll()
            now = now.advanced(byMilliseconds: 1)
        }
        return letIn
    }

    /// Clients come and stay, silent; says how many bytes of memory each takes.
    package mutating func stay(_ count: Int, subscribed: Bool) -> Int {
        let before = ConnectionBench.resident()
        for _ in 0..<count {
            guard let id = connect() else { continue }
            if subscribed { subscribe(id) }
            broker.effects.removeAll()
        }
        return max(0, ConnectionBench.resident() - before) / max(1, count)
    }

    private mutating func connect() -> ConnectionID? {
        number += 1
        let peer = Peer(listener: .open, principal: .open, address: "127.0.0.1:\(10_000 + number)", acceptedAt: now)
        let id = broker.accepted(peer, at: now)
        guard let name = ClientID("client-\(number)") else { return nil }
        let hello = Connect(version: .v311, clientID: name, cleanStart: true, keepAlive: 60)
        feed(Packet.connect(hello).encoded(.v311), from: id)
        return take(id) ? id : nil
    }

    private mutating func subscribe(_ id: ConnectionID) {
        guard let filter = TopicFilter("client/\(number)/inbox") else { return }
        let subscription = Subscription(filter: filter, maximumQoS: .atLeastOnce)
        feed(Packet.subscribe(Subscribe(packetID: 1, subscriptions: [subscription])).encoded(.v311), from: id)
        _ = take(id)
    }

    private mutating func feed(_ bytes: [UInt8], from id: ConnectionID) {
        broker.received(bytes.span.bytes, from: id, at: now)
    }

    private mutating func take(_ id: ConnectionID) -> Bool {
        var size = 0
        broker.takeOutput(of: id) { size = $0.byteCount }
        return size > 0
    }

    /// Bytes of memory this process has in use.
    private static func resident() -> Int {
        let file = open("/proc/self/statm", O_RDONLY)
        guard file >= 0 else { return 0 }
        defer { close(file) }
        var text = [UInt8](repeating: 0, count: 128)
        let count = read(file, &text, text.count)
        let fields = text.prefix(max(0, count)).split(separator: UInt8(ascii: " "))
        guard fields.count > 1, let pages = Int(String(decoding: fields[1], as: UTF8.self)) else { return 0 }
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}
