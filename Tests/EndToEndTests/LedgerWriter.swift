import TestSupport

/// A worker that writes down, outside the broker, what it sent and what it was promised. [C0]
///
/// It speaks 3.1.1 by hand: the oracle shares no code with what it judges.
actor LedgerWriter {
    let pool: String
    let worker: String
    private let port: UInt16
    private let qos: UInt8
    private(set) var sent = 0
    /// Sequence numbers acknowledged.
    private(set) var acknowledged: Set<Int> = []
    /// Sequence numbers sent more than once.
    private(set) var repeated: Set<Int> = []
    private(set) var connections = 0
    private var isStopped = false

    private static let window = 16

    init(pool: String, worker: String, port: UInt16, qos: UInt8) {
        self.pool = pool
        self.worker = worker
        self.port = port
        self.qos = qos
    }

    func stop() {
        isStopped = true
    }

    /// Writes until it is told to stop and everything is acknowledged, whatever happens to its connections.
    func run() async throws {
        var waiting: [Int] = []
        while !isStopped || !waiting.isEmpty {
            do {
                try await write(&waiting)
            } catch is Overdue {
                // The broker is away: a worker tries again.
                try await Task.sleep(for: .milliseconds(20))
            }
        }
    }

    /// One connection, until it breaks or there is nothing left to do.
    private func write(_ waiting: inout [Int]) async throws {
        let socket = try Loopback(port: port)
        try await socket.send(hex("10 [ <MQTT> 04 02 003C <\(worker)> ]"))
        guard try await socket.receive(4, within: .seconds(5)) == [0x20, 0x02, 0, 0] else {
            throw Overdue(description: "CONNACK")
        }
        connections += 1
        for sequence in waiting {
            repeated.insert(sequence)
            try await socket.send(publish(sequence))
        }
        var unread: [UInt8] = []
        while !isStopped || !waiting.isEmpty {
            while !isStopped, waiting.count < LedgerWriter.window {
                waiting.append(sent)
                sent += 1
                try await socket.send(publish(sent - 1))
            }
            let bytes = try await socket.receive(1, within: .seconds(10))
            guard !bytes.isEmpty else { throw Overdue(description: "the connection stays") }
            unread += bytes
            while unread.count >= 4 {
                let answer = Array(unread.prefix(4))
                unread.removeFirst(4)
                try await read(answer, socket, &waiting)
            }
        }
        try await socket.send([0xE0, 0])
    }

    private func read(_ answer: [UInt8], _ socket: Loopback, _ waiting: inout [Int]) async throws {
        let id = Int(answer[2]) << 8 | Int(answer[3])
        switch (answer[0], answer[1]) {
        case (0x50, 2): try await socket.send([0x62, 2, answer[2], answer[3]])
        case (0x40, 2), (0x70, 2):
            guard let place = waiting.firstIndex(where: { identifier($0) == id }) else {
                throw Overdue(description: "an answer to what was not asked: \(answer)")
            }
            acknowledged.insert(waiting.remove(at: place))
        default: throw Overdue(description: "an answer: \(answer)")
        }
    }

    private func publish(_ sequence: Int) -> [UInt8] {
        let id = identifier(sequence)
        return hex(
            """
            \(shown([0x30 | qos << 1])) [ <spacelift/writeonly/\(pool)/\(worker)>
            \(shown([UInt8(id >> 8), UInt8(id & 255)])) '{"sequence":\(sequence),"type":"ledger"}' ]
            """)
    }

    private func identifier(_ sequence: Int) -> Int { sequence % 60_000 + 1 }
}
