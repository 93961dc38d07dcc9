import MQTT
import NIOCore
import NIOPosix
import NIOSSL

/// One connection to a broker, as a client: a worker of the fleet, a console's link, a test.
///
/// Everything happens on its event loop: make it anywhere, but call its methods there (`run` hops), and its callbacks
/// run there. It does not reconnect: whoever owns it knows when that is wanted. After its end a client can `connect`
/// again; nothing of the former connection is sent twice.
package final class MQTTClient: @unchecked Sendable {
    /// What CONNACK said.
    package struct Connected: Equatable, Sendable {
        package var sessionPresent: Bool
        /// In MQTT 5 the broker may choose the id.
        package var assignedClientID: [UInt8]?
        package var serverKeepAlive: UInt16?
        package var receiveMaximum: UInt16
    }

    package enum State: Equatable, Sendable {
        case idle
        case connecting
        case connected
        case closing
    }

    package let loop: any EventLoop
    package let target: ClientTarget
    package var options: ClientOptions
    package private(set) var state = State.idle

    /// A message came. A QoS 1 or 2 message is acknowledged when this returns, unless `acknowledges` is off.
    package var onMessage: ((ClientMessage) -> Void)?
    /// The connection that had been accepted ended; called once for each.
    package var onEnd: ((ClientEnd) -> Void)?
    /// Off: QoS 1 and 2 messages are taken and never acknowledged, as a worker that hangs would do.
    package var acknowledges = true

    /// Grows with every `connect`: what an earlier socket still says is not heard.
    private var attempt = 0
    private var channel: (any Channel)?
    private var cutter = PacketCutter(version: .v5)
    private var exchange = ClientExchange()
    /// Publishes that wait until the broker takes more at once.
    private var waiting: [(ClientMessage, ((Result<UInt8, ClientError>) -> Void)?)] = []
    private var out: [UInt8] = []
    private var flushScheduled = false
    /// Told once their bytes are written: QoS 0.
    private var written: [(Result<UInt8, ClientError>) -> Void] = []
    private var connectDone: ((Result<Connected, ClientError>) -> Void)?
    private var disconnectDone: [() -> Void] = []
    private var end: ClientEnd?
    private var timer: Scheduled<Void>?
    private var keepAlive: RepeatedTask?
    private var lastSent = NIODeadline.distantPast
    private var lastReceived = NIODeadline.distantPast
    private var pinged: NIODeadline?

    package init(_ target: ClientTarget, _ options: ClientOptions, on loop: any EventLoop) {
        self.target = target
        self.options = options
        self.loop = loop
    }

    /// Calls `body` on the event loop: at once when there already.
    package func run(_ body: @escaping @Sendable (MQTTClient) -> Void) {
        loop.inEventLoop ? body(self) : loop.execute { body(self) }
    }

    /// Connects, and calls back once: with what CONNACK said, or why not.
    package func connect(_ done: @escaping (Result<Connected, ClientError>) -> Void) {
        loop.assertInEventLoop()
        guard state == .idle else { return done(.failure(.invalid("this client is connected or connecting already"))) }
        let greeting: [UInt8]
        switch ClientGreeting.bytes(options) {
        case .success(let bytes): greeting = bytes
        case .failure(let error): return done(.failure(error))
        }
        attempt += 1
        state = .connecting
        end = nil
        cutter = PacketCutter(version: options.version)
        exchange = ClientExchange()
        out = greeting
        connectDone = done
        let current = attempt
        timer = loop.scheduleTask(in: .milliseconds(options.connectTimeout)) { self.tookTooLong(attempt: current) }
        ClientSocket.open(target, on: loop, timeout: options.connectTimeout) { ClientHandler(self, attempt: current) }
            .whenFailure { error in
                self.socketEnded(.failed(SocketFailure.sentence(for: error)), attempt: current)
            }
    }

    /// Publishes, and calls back when it is sent (QoS 0) or acknowledged (QoS 1 and 2), with the reason code.
    package func publish(_ message: ClientMessage, _ done: ((Result<UInt8, ClientError>) -> Void)? = nil) {
        loop.assertInEventLoop()
        guard state == .connected else { done?(.failure(.notConnected)); return }
        guard message.delivery == .atMostOnce || exchange.mayPublish, waiting.isEmpty else {
            waiting.append((message, done))
            return
        }
        send(message, done)
    }

    /// Subscribes, and calls back with one reason code per filter: 0x80 and above is a refusal.
    package func subscribe(
        _ filters: [(filter: [UInt8], delivery: Delivery)], _ done: ((Result<[UInt8], ClientError>) -> Void)? = nil
    ) {
        loop.assertInEventLoop()
        guard state == .connected else { done?(.failure(.notConnected)); return }
        let subscriptions = filters.compactMap { wanted in
            ClientMessage.filter(wanted.filter).map { Subscription(filter: $0, maximumQoS: wanted.delivery) }
        }
        guard subscriptions.count == filters.count, !filters.isEmpty else {
            done?(.failure(.invalid("a filter is not well-formed")))
            return
        }
        guard let id = exchange.register(.subscribe(done)) else {
            done?(.failure(.invalid("too much under way"))); return
        }
        write(.subscribe(Subscribe(packetID: id, subscriptions: subscriptions)))
    }

    package func unsubscribe(_ filters: [[UInt8]], _ done: ((Result<[UInt8], ClientError>) -> Void)? = nil) {
        loop.assertInEventLoop()
        guard state == .connected else { done?(.failure(.notConnected)); return }
        let names = filters.compactMap(ClientMessage.filter)
        guard names.count == filters.count, !names.isEmpty else {
            done?(.failure(.invalid("a filter is not well-formed")))
            return
        }
        guard let id = exchange.register(.unsubscribe(count: names.count, done)) else {
            done?(.failure(.invalid("too much under way")))
            return
        }
        write(.unsubscribe(Unsubscribe(packetID: id, filters: names)))
    }

    /// Sends DISCONNECT and closes; 0x04 asks for the will (MQTT 5). Calls back when the socket is closed.
    package func disconnect(reason: UInt8 = 0, _ done: (() -> Void)? = nil) {
        loop.assertInEventLoop()
        guard state != .idle else { done?(); return }
        if let done { disconnectDone.append(done) }
        if state == .connected {
            write(.disconnect(Disconnect(reason: ReasonCode(rawValue: reason) ?? .success)))
            flush()
        }
        close(.asked)
    }

    /// Closes the socket without a word, as a killed process would: the broker fires the will.
    package func abort() {
        loop.assertInEventLoop()
        out.removeAll()
        close(.asked)
    }

    // MARK: What the socket says

    func socketOpened(_ channel: any Channel, attempt: Int) {
        guard attempt == self.attempt, state == .connecting else { return channel.close(promise: nil) }
        self.channel = channel
        flush()
    }

    func socketReceived(_ bytes: ByteBuffer, attempt: Int) {
        guard attempt == self.attempt else { return }
        lastReceived = .now()
        cutter.append(bytes)
        do {
            while state == .connecting || state == .connected, let packet = try cutter.next() { receive(packet) }
        } catch {
            close(.malformed("\(error.what)"))
        }
    }

    func socketEnded(_ how: ClientEnd, attempt: Int) {
        guard attempt == self.attempt, state != .idle else { return }
        let end = end ?? how
        let wasAccepted = connectDone == nil
        reset()
        connectDone.take()?(.failure(ClientError.notAccepted(end)))
        for (_, what) in exchange.pending.sorted(by: { $0.key < $1.key }) { what.fail(.closed(end)) }
        for (_, done) in waiting.taken() { done?(.failure(.closed(end))) }
        for done in written.taken() { done(.failure(.closed(end))) }
        exchange = ClientExchange()
        if wasAccepted { onEnd?(end) }
        for done in disconnectDone.taken() { done() }
    }

    private func reset() {
        state = .idle
        attempt += 1
        channel = nil
        timer?.cancel()
        timer = nil
        keepAlive?.cancel()
        keepAlive = nil
        pinged = nil
        out.removeAll()
    }

    private func tookTooLong(attempt: Int) {
        guard attempt == self.attempt, state == .connecting else { return }
        giveUp(.timedOut)
    }

    /// It was never accepted, so its end is no news.
    private func giveUp(_ error: ClientError) {
        let done = connectDone.take()
        let channel = channel
        reset()
        channel?.close(promise: nil)
        done?(.failure(error))
        for done in disconnectDone.taken() { done() }
    }

    /// The first reason given is the one that counts.
    private func close(_ end: ClientEnd) {
        guard state != .idle else { return }
        if self.end == nil { self.end = end }
        guard let channel else {
            // Not even a socket yet: what becomes of it is not heard any more.
            return socketEnded(end, attempt: attempt)
        }
        if state != .closing {
            state = .closing
            channel.close(promise: nil)
        }
    }

    // MARK: Packets

    private func receive(_ packet: Packet) {
        switch packet {
        case .connAck(let answer): accepted(answer)
        case .publish(let publish): take(publish)
        case .pubAck(let answer): answered(answer.packetID, answer.reason)
        case .pubRec(let answer): received(answer)
        case .pubComp(let answer): answered(answer.packetID, answer.reason)
        case .pubRel(let release):
            exchange.taken.remove(release.packetID)
            write(.pubComp(Acknowledgement(packetID: release.packetID)))
        case .subAck(let answer):
            if case .subscribe(let done) = exchange.take(answer.packetID) {
                done?(.success(answer.reasons.map(\.rawValue)))
            }
        case .unsubAck(let answer):
            if case .unsubscribe(let count, let done) = exchange.take(answer.packetID) {
                // 3.1.1 acknowledges without verdicts.
                let codes = answer.reasons.isEmpty ? Array(repeating: 0, count: count) : answer.reasons.map(\.rawValue)
                done?(.success(codes))
            }
        case .pingResponse: pinged = nil
        case .disconnect(let goodbye):
            close(.told(goodbye.reason.rawValue, reason: goodbye.properties.reasonString.map(ClientError.text)))
        case .connect, .subscribe, .unsubscribe, .pingRequest, .auth:
            close(.malformed("a packet that only clients send"))
        }
    }

    private func accepted(_ answer: ConnAck) {
        guard state == .connecting else { return close(.malformed("a second CONNACK")) }
        timer?.cancel()
        guard answer.reason == .success else {
            let code = options.version == .v5 ? answer.reason.rawValue : answer.reason.connectReturnCode
            return giveUp(.refused(code, reason: answer.properties.reasonString.map(ClientError.text)))
        }
        state = .connected
        exchange.receiveMaximum = answer.properties.receiveMaximum ?? 65_535
        startKeepAlive(seconds: answer.properties.serverKeepAlive ?? options.keepAlive)
        let connected = Connected(
            sessionPresent: answer.sessionPresent, assignedClientID: answer.properties.assignedClientIdentifier,
            serverKeepAlive: answer.properties.serverKeepAlive, receiveMaximum: exchange.receiveMaximum)
        connectDone.take()?(.success(connected))
    }

    private func take(_ publish: Publish) {
        guard let topic = publish.topic else { return close(.malformed("a topic alias nobody allowed")) }
        let id = publish.packetID
        let isNew = publish.qos != .exactlyOnce || exchange.taken.insert(id).inserted
        if isNew {
            onMessage?(
                ClientMessage(
                    topic: topic.bytes, payload: publish.payload, delivery: publish.qos, retain: publish.retain,
                    responseTopic: publish.properties.responseTopic, correlation: publish.properties.correlationData,
                    duplicate: publish.duplicate))
        }
        guard acknowledges, state == .connected else { return }
        switch publish.qos {
        case .atMostOnce: break
        case .atLeastOnce: write(.pubAck(Acknowledgement(packetID: id)))
        case .exactlyOnce: write(.pubRec(Acknowledgement(packetID: id)))
        }
    }

    private func received(_ answer: Acknowledgement) {
        guard case .publish(_, let done) = exchange.take(answer.packetID) else {
            // PUBREC for a message that is released already: it is released again. [MQTT-4.3.3-4]
            write(.pubRel(Acknowledgement(packetID: answer.packetID)))
            return
        }
        guard !answer.reason.isError else {
            done?(.success(answer.reason.rawValue))
            return sendWaiting()
        }
        exchange.put(.release(answer.reason.rawValue, done), at: answer.packetID)
        write(.pubRel(Acknowledgement(packetID: answer.packetID)))
    }

    private func answered(_ id: UInt16, _ reason: ReasonCode) {
        switch exchange.take(id) {
        case .publish(_, let done): done?(.success(reason.rawValue))
        case .release(let first, let done): done?(.success(reason.isError ? reason.rawValue : first))
        case .subscribe, .unsubscribe, nil: break
        }
        sendWaiting()
    }

    private func sendWaiting() {
        while state == .connected, let (message, done) = waiting.first {
            guard message.delivery == .atMostOnce || exchange.mayPublish else { return }
            waiting.removeFirst()
            send(message, done)
        }
    }

    private func send(_ message: ClientMessage, _ done: ((Result<UInt8, ClientError>) -> Void)?) {
        guard var publish = message.publish(options.version) else {
            done?(.failure(.invalid("the topic is not well-formed")))
            return
        }
        switch message.delivery {
        case .atMostOnce:
            if let done { written.append(done) }
        case .atLeastOnce, .exactlyOnce:
            guard let id = exchange.register(.publish(message.delivery, done)) else {
                done?(.failure(.invalid("too much under way")))
                return
            }
            publish.packetID = id
        }
        write(.publish(publish))
    }

    // MARK: Writing

    private func write(_ packet: Packet) {
        packet.encode(into: &out, version: options.version)
        guard !flushScheduled else { return }
        flushScheduled = true
        // Once per turn of the loop: what many callbacks say together leaves together.
        loop.execute {
            self.flushScheduled = false
            self.flush()
        }
    }

    private func flush() {
        guard let channel, !out.isEmpty else { return }
        lastSent = .now()
        channel.writeAndFlush(ByteBuffer(bytes: out), promise: nil)
        out.removeAll(keepingCapacity: out.count <= 4_096)
        for done in written.taken() { done(.success(0)) }
    }

    // MARK: Keep alive

    /// Looks twice per interval; says PINGREQ when nothing else was said, and gives up when nothing comes back.
    private func startKeepAlive(seconds: UInt16) {
        guard seconds > 0 else { return }
        let half = TimeAmount.milliseconds(Int64(seconds) * 500)
        lastReceived = .now()
        keepAlive = loop.scheduleRepeatedTask(initialDelay: half, delay: half) { _ in
            let now = NIODeadline.now()
            if let pinged = self.pinged {
                if now - pinged >= half * 2, now - self.lastReceived >= half * 2 { return self.close(.silent) }
            } else if now - self.lastSent >= half {
                self.pinged = now
                self.write(.pingRequest)
            }
        }
    }
}
