import BrokerCore
import MQTT
import MQTTTransport
import NIOCore

/// Workers that publish at QoS 1: as fast as they are acknowledged, so many messages ahead each, or at a rate.
///
/// Confined to its event loop.
package final class DurableLoad: @unchecked Sendable {
    package struct Outcome: Sendable {
        package var acknowledged: Int
        package var refused: Int
        package var nanoseconds: Int64
        /// From PUBLISH to PUBACK, sorted, in nanoseconds.
        package var latencies: [Int64]
    }

    private let loop: any EventLoop
    private let clients: [(client: MQTTClient, topic: [UInt8])]
    private let window: Int
    /// Messages per second of all together, whatever is acknowledged; nil for as fast as possible.
    private let rate: Int?
    private var sent = 0
    private let payload: [UInt8]
    private var refused = 0
    private var latencies: [Int64] = []
    private var open = 0
    private var isOver = false
    private var startedAt = NIODeadline.now()
    private var endedAt = NIODeadline.now()
    private let done: EventLoopPromise<Outcome>

    package init(
        _ target: ClientTarget, workers: Int, window: Int, rate: Int? = nil, size: Int, seed: UInt64,
        namespace: String = "spacelift", on loop: any EventLoop
    ) {
        self.loop = loop
        self.window = window
        self.rate = rate
        var dice = Dice(seed: seed)
        let pool = dice.ulid(at: Cast.madeAt)
        clients = (0..<workers).map { _ in
            let worker = dice.ulid(at: Cast.madeAt)
            return (
                MQTTClient(target, ClientOptions(clientID: worker.description), on: loop),
                Array("\(namespace)/writeonly/\(pool)/\(worker)".utf8)
            )
        }
        // A small JSON object, as workers send them.
        let frame = #"{"type":"run_progress","note":""}"#
        let filler = String(repeating: "x", count: max(0, size - frame.utf8.count))
        payload = Array(#"{"type":"run_progress","note":"\#(filler)"}"#.utf8)
        done = loop.makePromise()
    }

    /// Blocks for `seconds` and until the last acknowledgement. Not to be called on an event loop.
    package func run(seconds: Int) throws -> Outcome {
        let connects = try loop.submit { [self] in
            clients.map { one in
                let promise = one.client.loop.makePromise(of: Void.self)
                one.client.connect { promise.completeWith($0.map { _ in }.mapError { $0 as any Error }) }
                return promise.futureResult
            }
        }.wait()
        for connect in connects { try connect.wait() }
        loop.execute { [self] in
            startedAt = .now()
            loop.scheduleTask(in: .seconds(Int64(seconds))) { [self] in
                isOver = true
                if open == 0 { finish() }
            }
            guard rate == nil else { return keepPace() }
            for place in clients.indices {
                for _ in 0..<window { publish(place, at: .now()) }
            }
        }
        return try done.futureResult.wait()
    }

    /// Says goodbye to all.
    package func end() {
        try? loop.submit { [self] in
            for one in clients { one.client.disconnect() }
        }.wait()
    }

    /// Sends what is due by the clock. A late message counts from when it was due: waiting is not left out.
    private func keepPace() {
        guard let rate, !isOver else { return }
        let now = NIODeadline.now()
        var intended = due(sent, rate)
        while intended <= now {
            publish(sent % clients.count, at: intended)
            sent += 1
            intended = due(sent, rate)
        }
        // Not for every message of a high rate: the load would be the generator's own.
        loop.scheduleTask(deadline: max(intended, now + .microseconds(250))) { [self] in keepPace() }
    }

    private func due(_ number: Int, _ rate: Int) -> NIODeadline {
        startedAt + .nanoseconds(Int64(number) * 1_000_000_000 / Int64(rate))
    }

    private func publish(_ place: Int, at start: NIODeadline) {
        open += 1
        let message = ClientMessage(topic: clients[place].topic, payload: payload)
        clients[place].client.publish(message) { [self] result in
            open -= 1
            endedAt = .now()
            switch result {
            case .success(let code) where code < 0x80:
                latencies.append((endedAt - start).nanoseconds)
                if !isOver, rate == nil { return publish(place, at: .now()) }
            case .success, .failure:
                refused += 1
            }
            if open == 0, isOver || rate == nil { finish() }
        }
    }

    private func finish() {
        done.succeed(
            Outcome(
                acknowledged: latencies.count, refused: refused, nanoseconds: (endedAt - startedAt).nanoseconds,
                latencies: latencies.sorted()))
    }
}

extension [Int64] {
    /// The value below which `share` of these sorted values lie; 0 of none.
    package func percentile(_ share: Double) -> Int64 {
        guard !isEmpty else { return 0 }
        return self[Swift.min(count - 1, Swift.max(0, Int(Double(count) * share)))]
    }
}
