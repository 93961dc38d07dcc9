/// What happened in one step of time: counts, not rates, except for the depths.
package struct Sample: Codable, Equatable, Sendable {
    /// The end of the step.
    package var at: Timestamp
    package var received: Int64
    package var sent: Int64
    package var receivedBytes: Int64
    package var sentBytes: Int64
    package var denied: Int64
    package var connects: Int64
    /// Connected workers at the end of the step.
    package var workers: Int
    /// Messages that wait for workers at the end of the step.
    package var queued: Int

    package init(
        at: Timestamp, received: Int64 = 0, sent: Int64 = 0, receivedBytes: Int64 = 0, sentBytes: Int64 = 0,
        denied: Int64 = 0, connects: Int64 = 0, workers: Int = 0, queued: Int = 0
    ) {
        self.at = at
        self.received = received
        self.sent = sent
        self.receivedBytes = receivedBytes
        self.sentBytes = sentBytes
        self.denied = denied
        self.connects = connects
        self.workers = workers
        self.queued = queued
    }
}

/// The broker's ring of samples, oldest first.
package struct History: Codable, Equatable, Sendable {
    /// 1,000 (fifteen minutes of it) or 10,000 (six hours).
    package var step: Milliseconds
    package var samples: [Sample]

    package init(step: Milliseconds, samples: [Sample]) {
        self.step = step
        self.samples = samples
    }
}

/// Arguments of `history.get`.
package struct HistoryQuery: Codable, Equatable, Sendable {
    /// 1,000 or 10,000; 1,000 if absent.
    package var step: Milliseconds?
    /// How many of the newest samples; 60 if absent, at most 2,160.
    package var limit: Int?

    package init(step: Milliseconds? = nil, limit: Int? = nil) {
        self.step = step
        self.limit = limit
    }
}
