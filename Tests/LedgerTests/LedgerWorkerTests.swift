import Ledger
import Testing

struct LedgerWorkerTests {
    private let accepted: [UInt8] = [0x20, 2, 0, 0]

    private func letter(_ sequence: Int, qos: UInt8 = 1) -> Letter {
        Letter(id: "letter-\(sequence)", sequence: sequence, qos: qos, size: 128)
    }

    private func connected(_ version: WorkerWire.Version = .v311, window: Int = 4) -> LedgerWorker {
        var worker = LedgerWorker(pool: "pool", worker: "worker", version: version, window: window)
        _ = worker.opened()
        _ = worker.received(version == .v5 ? [0x20, 3, 0, 0, 0] : accepted)
        return worker
    }

    @Test func greetsBeforeItSendsAnything() {
        var worker = LedgerWorker(pool: "pool", worker: "worker", version: .v311, window: 4)
        #expect(worker.room == 0)
        #expect(worker.opened() == [.write(WorkerWire.connect("worker", .v311, keepAlive: 60))])
        #expect(worker.room == 0)
        #expect(worker.received(accepted) == [.note(.opened(connection: 1, session: false))])
        #expect(worker.room == 4)
    }

    @Test func isAtMostItsWindowAhead() {
        var worker = connected(window: 2)
        #expect(worker.send(letter(0)) == [.send(letter(0), packet: 1)])
        #expect(worker.send(letter(1)) == [.send(letter(1), packet: 2)])
        #expect(worker.send(letter(2)) == [])
        #expect(worker.received([0x40, 2, 0, 1]) == [.note(.promised(id: "letter-0", code: 0))])
        #expect(worker.send(letter(2)) == [.send(letter(2), packet: 3)])
    }

    @Test func notesThePromiseOfQoS2AtPUBREC() {
        var worker = connected(.v5)
        _ = worker.send(letter(0, qos: 2))
        #expect(
            worker.received([0x50, 2, 0, 1]) == [
                .note(.promised(id: "letter-0", code: 0)), .write([0x62, 2, 0, 1]),
            ])
        #expect(worker.unfinished == 1)
        #expect(worker.received([0x70, 2, 0, 1]) == [.note(.completed(id: "letter-0", code: 0))])
        #expect(worker.unfinished == 0)
    }

    @Test func sendsAgainAsADuplicateWhereItsSessionWentOn() {
        var worker = connected()
        _ = worker.send(letter(0))
        _ = worker.send(letter(1, qos: 2))
        _ = worker.received([0x50, 2, 0, 2])
        #expect(worker.lost("reset") == [.note(.lost(connection: 1, reason: "reset"))])
        _ = worker.opened()
        #expect(
            worker.received([0x20, 2, 1, 0]) == [
                .note(.opened(connection: 2, session: true)),
                .note(.resent(id: "letter-0", packet: 1, connection: 2, duplicate: true)),
                .resend(letter(0), packet: 1, duplicate: true), .write([0x62, 2, 0, 2]),
            ])
    }

    @Test func sendsAgainAsNewWhereItsSessionIsGoneButNotWhatWasPromised() {
        var worker = connected()
        _ = worker.send(letter(0))
        _ = worker.send(letter(1, qos: 2))
        _ = worker.received([0x50, 2, 0, 2])
        _ = worker.lost("reset")
        _ = worker.opened()
        #expect(
            worker.received(accepted) == [
                .note(.opened(connection: 2, session: false)),
                .note(.resent(id: "letter-0", packet: 1, connection: 2, duplicate: false)),
                .resend(letter(0), packet: 1, duplicate: false),
            ])
        #expect(worker.unfinished == 1)
    }

    @Test func understandsAnswersInAnyPortions() {
        var worker = connected()
        for sequence in 0..<3 { _ = worker.send(letter(sequence)) }
        var actions: [LedgerWorker.Action] = []
        for byte: UInt8 in [0x40, 2, 0, 1, 0x40, 3, 0, 2, 0x10, 0x40, 4, 0, 3, 0x87, 0] {
            actions += worker.received([byte])
        }
        #expect(
            actions == [
                .note(.promised(id: "letter-0", code: 0)), .note(.promised(id: "letter-1", code: 0x10)),
                .note(.promised(id: "letter-2", code: 0x87)),
            ])
    }

    @Test(arguments: [
        [0x40, 2, 0, 9], [0x50, 2, 0, 9], [0x70, 2, 0, 1], [0x30, 0], [0x20, 2, 0, 0], [0x40, 1, 0],
        [0x40, 0xFF, 0xFF],
        [0, 0],
    ])
    func writesDownAnAnswerToNothing(_ bytes: [UInt8]) {
        var worker = connected()
        _ = worker.send(letter(0))
        let actions = worker.received(bytes)
        guard case .note(.refused(_, code: 0xFF)) = actions.first else {
            Issue.record("\(actions)")
            return
        }
        #expect(actions.last == .close)
    }

    @Test func writesDownThatItWasRefused() {
        var worker = LedgerWorker(pool: "pool", worker: "worker", version: .v5, window: 4)
        _ = worker.opened()
        #expect(
            worker.received([0x20, 3, 0, 0x89, 0]) == [.note(.refused(what: "CONNACK", code: 0x89)), .close])
        #expect(worker.room == 0)
    }

    @Test func writesPacketsAsTheStandardHasThem() {
        #expect(
            WorkerWire.connect("w", .v311, keepAlive: 60)
                == [0x10, 13, 0, 4] + Array("MQTT".utf8) + [4, 0, 0, 60, 0, 1, 0x77])
        #expect(
            WorkerWire.publish("t", [1, 2], qos: 2, packet: 258, duplicate: true, .v5)
                == [0x3C, 8, 0, 1, 0x74, 1, 2, 0, 1, 2])
        #expect(
            WorkerWire.connect("w", .v5, keepAlive: 60, will: (topic: "t", payload: "p"))
                == [0x10, 26, 0, 4] + Array("MQTT".utf8) + [5, 0b1100, 0, 60, 5, 0x11, 0, 0, 1, 0x2C, 0, 1, 0x77]
                + [0, 0, 1, 0x74, 0, 1, 0x70])
        let long = WorkerWire.publish(
            "t", Array(repeating: 0, count: 131_072), qos: 1, packet: 1, duplicate: false, .v311)
        #expect(long.prefix(4) == [0x32, 0x85, 0x80, 0x08])
    }
}
