import BrokerCore
import MQTT
import MQTTTransport
import NIOCore

/// Plays one worker over a real connection: asks its behaviour what to do and does it.
///
/// Confined to its event loop.
final class WorkerActor: @unchecked Sendable {
    private var behaviour: WorkerBehaviour
    private let client: MQTTClient
    private let counter: AudienceCounter
    private let turnstile: Turnstile
    private var alarm: Scheduled<Void>?
    private var isStopped = false

    init(
        _ profile: WorkerProfile, dice: Dice, appearingAt start: Moment, target: ClientTarget, on loop: any EventLoop,
        counter: AudienceCounter, turnstile: Turnstile
    ) {
        behaviour = WorkerBehaviour(profile, dice: dice, appearingAt: start)
        client = MQTTClient(target, WorkerActor.options(behaviour), on: loop)
        self.counter = counter
        self.turnstile = turnstile
        client.onMessage = { [weak self] message in
            guard let order = Order(payload: message.payload) else { return }
            self?.happened(.ordered(order))
        }
        client.onEnd = { [weak self] _ in
            self?.counter.left()
            self?.happened(.disconnected)
        }
    }

    private static func options(_ behaviour: WorkerBehaviour) -> ClientOptions {
        let profile = behaviour.profile
        return ClientOptions(
            clientID: profile.worker.bytes, version: profile.speaksOld ? .v311 : .v5, cleanStart: profile.speaksOld,
            keepAlive: 30, sessionExpiry: profile.speaksOld ? 0 : 120,
            // A worker handles one run at a time: it need not be told more than a few things at once.
            receiveMaximum: 4,
            will: ClientMessage(topic: Array(profile.writeTopic.utf8), payload: behaviour.will))
    }

    /// Begins to play. On the event loop.
    func start() { rearm() }

    /// Leaves at once and for good. On the event loop.
    func stop() {
        isStopped = true
        alarm?.cancel()
        client.disconnect()
    }

    private func happened(_ event: WorkerBehaviour.Event) {
        guard !isStopped else { return }
        let now = StageClock.now()
        for action in behaviour.handle(event, at: now) { perform(action) }
        rearm()
    }

    private func perform(_ action: WorkerBehaviour.Action) {
        switch action {
        case .connect: turnstile.pass { [self] in connect() }
        case .leave: client.disconnect()
        case .drop: client.abort()
        case .subscribe(let filter): client.subscribe([(Array(filter.utf8), .atLeastOnce)])
        case .publish(let topic, let payload):
            client.publish(ClientMessage(topic: Array(topic.utf8), payload: payload))
        case .holdAcknowledgements: client.acknowledges = false
        }
    }

    private func connect() {
        guard !isStopped else { return turnstile.leave() }
        client.acknowledges = true
        client.connect { [self] result in
            turnstile.leave()
            switch result {
            case .success:
                counter.came()
                happened(.connected)
            case .failure(let error):
                counter.failed(error.description)
                happened(.disconnected)
            }
        }
    }

    private func rearm() {
        alarm?.cancel()
        alarm = nil
        guard !isStopped, let wakesAt = behaviour.wakesAt else { return }
        alarm = client.loop.scheduleTask(deadline: .uptimeNanoseconds(UInt64(clamping: wakesAt.nanoseconds))) {
            [weak self] in self?.happened(.woken)
        }
    }
}
