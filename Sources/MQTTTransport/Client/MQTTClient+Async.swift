import MQTT

extension MQTTClient {
    /// Connects and waits for CONNACK.
    package func connect() async throws -> Connected {
        try await withCheckedThrowingContinuation { continuation in
            run { $0.connect { continuation.resume(with: $0) } }
        }
    }

    /// Publishes and waits for the acknowledgement; the reason code is its answer.
    @discardableResult
    package func publish(_ message: ClientMessage) async throws -> UInt8 {
        try await withCheckedThrowingContinuation { continuation in
            run { $0.publish(message) { continuation.resume(with: $0) } }
        }
    }

    /// Subscribes and waits for SUBACK; one reason code per filter.
    @discardableResult
    package func subscribe(_ filters: [String], delivery: Delivery = .atLeastOnce) async throws -> [UInt8] {
        try await withCheckedThrowingContinuation { continuation in
            run {
                $0.subscribe(filters.map { (Array($0.utf8), delivery) }) { continuation.resume(with: $0) }
            }
        }
    }

    /// Says goodbye and waits until the socket is closed.
    package func disconnect(reason: UInt8 = 0) async {
        await withCheckedContinuation { continuation in
            run { $0.disconnect(reason: reason) { continuation.resume() } }
        }
    }
}
