/// Messages and bytes per second over the last second, ten seconds and minute, with the totals behind them.
package struct Traffic: Codable, Equatable, Sendable {
    package var messages: Int64
    package var bytes: Int64
    /// Messages per second.
    package var rate1s: Double
    package var rate10s: Double
    package var rate60s: Double
    /// Bytes per second over the last ten seconds.
    package var bytes10s: Double

    package init(
        messages: Int64 = 0, bytes: Int64 = 0, rate1s: Double = 0, rate10s: Double = 0, rate60s: Double = 0,
        bytes10s: Double = 0
    ) {
        self.messages = messages
        self.bytes = bytes
        self.rate1s = rate1s
        self.rate10s = rate10s
        self.rate60s = rate60s
        self.bytes10s = bytes10s
    }
}
