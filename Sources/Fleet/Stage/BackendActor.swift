import BrokerCore
import MQTT
import MQTTTransport
import NIOCore

/// Plays the platform's side over a real connection.
///
/// Confined to its event loop.
final class BackendActor: @unchecked Sendable {
    private var behaviour: BackendBehaviour
    private let client: MQTTClient
    private let counter: AudienceCounter
    private var beat: RepeatedTask?
    private var isStopped = false

    init(_ cast: Cast, dice: Dice, target: ClientTarget, on loop: any EventLoop, counter: AudienceCounter) {
        behaviour = BackendBehaviour(cast, dice: dice)
        var options = ClientOptions(clientID: "backend-1")
        options.keepAlive = 30
        client = MQTTClient(target, options, on: loop)
        self.counter = counter
        client.onMessage = { [weak self] message in
            self?.behaviour.heard(message.payload, on: message.topic, at: StageClock.now())
        }
        client.onEnd = { [weak self] _ in self?.lost() }
    }

    /// Connects, and calls back once it listens. On the event loop.
    func start(_ listening: (@Sendable () -> Void)? = nil) {
        guard !isStopped else { return }
        client.connect { [weak self] result in
            guard let self else { return }
            guard case .success = result else {
                if case .failure(let error) = result { counter.failed(error.description) }
                return lost(listening)
            }
            client.subscribe([(Array(behaviour.filter.utf8), .atLeastOnce)]) { [weak self] _ in
                listening?()
                self?.work()
            }
        }
    }

    func stop() {
        isStopped = true
        beat?.cancel()
        client.disconnect()
    }

    private func work() {
        guard !isStopped else { return }
        beat?.cancel()
        beat = client.loop.scheduleRepeatedTask(initialDelay: .milliseconds(100), delay: .milliseconds(100)) {
            [weak self] _ in
            guard let self else { return }
            for publication in behaviour.elapsed(at: StageClock.now()) {
                client.publish(ClientMessage(topic: Array(publication.topic.utf8), payload: publication.payload))
            }
        }
    }

    private func lost(_ listening: (@Sendable () -> Void)? = nil) {
        beat?.cancel()
        beat = nil
        guard !isStopped else { return }
        client.loop.scheduleTask(in: .seconds(1)) { [weak self] in self?.start(listening) }
    }
}
