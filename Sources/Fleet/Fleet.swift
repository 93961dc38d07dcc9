import BrokerCore
import MQTTTransport
import NIOCore

/// The simulated pools, workers and platform, playing over real connections.
///
/// Everything happens on one event loop, which should not be the broker's.
package final class Fleet: @unchecked Sendable {
    package struct Targets: Sendable {
        package var backend: ClientTarget
        package var pools: [ULID: ClientTarget]

        package init(backend: ClientTarget, pools: [ULID: ClientTarget]) {
            self.backend = backend
            self.pools = pools
        }
    }

    /// Connections in the making at a time.
    private static let handshakes = 24

    package let cast: Cast
    private let loop: any EventLoop
    private let counter = AudienceCounter()
    private let backend: BackendActor
    private let workers: [WorkerActor]

    /// Workers appear at `pace` per second, those in trouble among the first.
    package init(_ cast: Cast, targets: Targets, pace: Int = 200, on loop: any EventLoop) {
        self.cast = cast
        self.loop = loop
        var dice = cast.dice
        let counter = counter
        backend = BackendActor(cast, dice: dice.split(), target: targets.backend, on: loop, counter: counter)
        let start = StageClock.now()
        let turnstile = Turnstile(places: Fleet.handshakes)
        let spacing = 1_000 / Double(max(1, pace))
        workers = cast.inOrderOfAppearance.enumerated().compactMap { place, profile in
            guard let target = targets.pools[profile.pool] else { return nil }
            return WorkerActor(
                profile, dice: dice.split(),
                appearingAt: start.advanced(byMilliseconds: Int64(Double(place) * spacing)),
                target: target, on: loop, counter: counter, turnstile: turnstile)
        }
    }

    /// How many workers are connected now.
    package var connected: Int { counter.connected }
    /// Why the last connection that failed did so; nil if none has.
    package var failure: String? { counter.failure }

    /// The platform connects, then the workers come.
    package func start() {
        loop.execute { [self] in
            backend.start { [self] in
                for worker in workers { worker.start() }
            }
        }
    }

    /// Everybody says goodbye. Not to be called on an event loop.
    package func stop() {
        try? loop.submit { [self] in
            for worker in workers { worker.stop() }
            backend.stop()
        }.wait()
    }
}
