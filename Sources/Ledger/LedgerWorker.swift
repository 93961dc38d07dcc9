/// One worker of the ledger: decides what to send and what to write down, and touches neither socket nor file.
///
/// It keeps the order of its messages whatever happens, and sends again what was not acknowledged: as a duplicate where
/// its session went on, as a new packet where the broker has forgotten it.
package struct LedgerWorker: Sendable {
    package enum Action: Equatable, Sendable {
        /// To the book, before anything that follows is done.
        case note(Entry.Deed)
        /// The first transmission of a message: the shell computes its digest, notes it, and then sends it.
        case send(Letter, packet: UInt16)
        case resend(Letter, packet: UInt16, duplicate: Bool)
        case write([UInt8])
        case close
    }

    private struct Open: Sendable {
        var letter: Letter
        var packet: UInt16
        var isReleased = false
    }

    private enum State: Sendable {
        case away
        case connecting
        case connected
    }

    package let pool: String
    package let worker: String
    package let version: WorkerWire.Version
    package let window: Int
    package let topic: String
    private let keepAlive: UInt16
    private let hasWill: Bool
    private var state = State.away
    private var connection = 0
    private var reader = WorkerWire.Reader()
    private var open: [Open] = []
    private var lastPacket: UInt16 = 0

    package init(
        pool: String, worker: String, version: WorkerWire.Version, window: Int, keepAlive: UInt16 = 60,
        hasWill: Bool = false, namespace: String = "spacelift"
    ) {
        self.pool = pool
        self.worker = worker
        self.version = version
        self.window = window
        self.keepAlive = keepAlive
        self.hasWill = hasWill
        topic = "\(namespace)/writeonly/\(pool)/\(worker)"
    }

    /// What the broker is to say if a worker goes without a word: in the store it means that one was taken for dead.
    package static let will = #"{"type":"ledger-will"}"#

    /// How many more messages it would send now.
    package var room: Int {
        switch state {
        case .away, .connecting: 0
        case .connected: max(0, window - open.count)
        }
    }

    /// Messages that are not finished.
    package var unfinished: Int { open.count }
    package var isConnected: Bool { state == .connected }
    package var connectionNumber: Int { connection }

    /// Its socket is open.
    package mutating func opened() -> [Action] {
        connection += 1
        state = .connecting
        reader = WorkerWire.Reader()
        let will = hasWill ? (topic: topic, payload: LedgerWorker.will) : nil
        return [.write(WorkerWire.connect(worker, version, keepAlive: keepAlive, will: will))]
    }

    /// Its socket is gone, or could not be opened.
    package mutating func lost(_ reason: String) -> [Action] {
        guard state != .away else { return [] }
        state = .away
        return [.note(.lost(connection: connection, reason: reason))]
    }

    package mutating func received(_ bytes: some Sequence<UInt8>) -> [Action] {
        reader.append(bytes)
        var actions: [Action] = []
        while true {
            do throws(WorkerWire.Reader.Nonsense) {
                guard let answer = try reader.next() else { return actions }
                actions += hear(answer)
            } catch {
                return actions + [.note(.refused(what: error.what, code: 0xFF)), .close]
            }
        }
    }

    package mutating func send(_ letter: Letter) -> [Action] {
        guard room > 0 else { return [] }
        let packet = freePacket()
        open.append(Open(letter: letter, packet: packet))
        return [.send(letter, packet: packet)]
    }

    package func ping() -> [Action] {
        state == .connected ? [.write(WorkerWire.ping)] : []
    }

    package func leave() -> [Action] {
        state == .connected ? [.write(WorkerWire.disconnect), .close] : [.close]
    }

    private mutating func hear(_ answer: WorkerWire.Answer) -> [Action] {
        switch answer {
        case .connected(let session, let code): return connected(session, code)
        case .acknowledged(let packet, let code):
            guard let place = place(of: packet, qos: 1) else { return unasked("PUBACK \(packet)") }
            return [.note(.promised(id: open.remove(at: place).letter.id, code: code))]
        case .received(let packet, let code):
            guard let place = place(of: packet, qos: 2) else { return unasked("PUBREC \(packet)") }
            let id = open[place].letter.id
            guard code < 0x80 else {
                open.remove(at: place)
                return [.note(.promised(id: id, code: code))]
            }
            let isFirst = !open[place].isReleased
            open[place].isReleased = true
            return (isFirst ? [.note(.promised(id: id, code: code))] : []) + [.write(WorkerWire.release(packet))]
        case .completed(let packet, let code):
            guard let place = place(of: packet, qos: 2), open[place].isReleased else {
                return unasked("PUBCOMP \(packet)")
            }
            // 0x92: the broker no longer knew the packet, which ends it as well.
            return [.note(.completed(id: open.remove(at: place).letter.id, code: code == 0x92 ? 0 : code))]
        case .pong: return []
        case .disconnected(let code): return [.note(.refused(what: "DISCONNECT", code: code)), .close]
        }
    }

    private mutating func connected(_ session: Bool, _ code: UInt8) -> [Action] {
        guard state == .connecting else { return unasked("CONNACK") }
        guard code == 0 else { return [.note(.refused(what: "CONNACK", code: code)), .close] }
        state = .connected
        // What was promised is the broker's now: without the session there is nobody to release it to.
        if !session { open.removeAll { $0.isReleased } }
        var actions: [Action] = [.note(.opened(connection: connection, session: session))]
        for place in open.indices {
            let one = open[place]
            if one.isReleased {
                actions.append(.write(WorkerWire.release(one.packet)))
            } else {
                actions.append(
                    .note(
                        .resent(id: one.letter.id, packet: one.packet, connection: connection, duplicate: session)))
                actions.append(.resend(one.letter, packet: one.packet, duplicate: session))
            }
        }
        return actions
    }

    private func unasked(_ what: String) -> [Action] {
        [.note(.refused(what: "an answer to nothing: \(what)", code: 0xFF)), .close]
    }

    private func place(of packet: UInt16, qos: UInt8) -> Int? {
        open.firstIndex { $0.packet == packet && $0.letter.qos == qos }
    }

    private mutating func freePacket() -> UInt16 {
        repeat {
            lastPacket = lastPacket == .max ? 1 : lastPacket + 1
        } while open.contains { $0.packet == lastPacket }
        return lastPacket
    }
}
