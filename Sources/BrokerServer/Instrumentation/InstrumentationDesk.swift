import BrokerCore
import NIOCore

/// What probes and scrapers are told, and who may ask for what.
///
/// Probes learn one word. Figures are for this host, or for whoever shows the token. [SD-12] Confined to the
/// instrumentation's event loop.
final class InstrumentationDesk: @unchecked Sendable {
    /// Probes and a few scrapers are never so many. When there are, whoever has taken longest to say what it wants goes:
    /// idle sockets keep no probe out. [T-02]
    static let mostConnections = 32

    private let health: Health
    private let token: [UInt8]?
    /// Asks the broker's own loop for what only it knows.
    private let figures: Instrumentation.Source
    /// The oldest first.
    private var connections: [InstrumentationConnection] = []

    init(_ health: Health, token: [UInt8]?, figures: @escaping Instrumentation.Source) {
        self.health = health
        self.token = token
        self.figures = figures
    }

    /// False if nobody can be sent away for it.
    func admits(_ connection: InstrumentationConnection) -> Bool {
        if connections.count >= Self.mostConnections {
            guard let oldest = connections.first(where: \.isReading) else { return false }
            ended(oldest)
            oldest.end()
        }
        connections.append(connection)
        return true
    }

    func ended(_ connection: InstrumentationConnection) {
        connections.removeAll { $0 === connection }
    }

    func answer(
        _ request: HTTPRequest, from address: SocketAddress?, on loop: any EventLoop
    ) -> EventLoopFuture<HTTPAnswer> {
        switch String(decoding: request.path, as: UTF8.self) {
        case "/healthz", "/livez": loop.makeSucceededFuture(answer(health.ailment(at: Health.now())))
        case "/readiness", "/readyz": loop.makeSucceededFuture(answer(health.hindrance(at: Health.now())))
        case "/metrics": metrics(request, address, on: loop)
        default: loop.makeSucceededFuture(HTTPAnswer(.notFound))
        }
    }

    private func answer(_ trouble: String?) -> HTTPAnswer {
        trouble.map { HTTPAnswer(.unavailable, $0) } ?? HTTPAnswer(.ok, "ok")
    }

    private func metrics(
        _ request: HTTPRequest, _ address: SocketAddress?, on loop: any EventLoop
    ) -> EventLoopFuture<HTTPAnswer> {
        guard Self.isLoopback(address) || hasToken(request) else {
            let why =
                token == nil
                ? HTTPAnswer(.forbidden, "figures are for this host only, or with SIGNALBOX_INSTRUMENTATION_TOKEN")
                : HTTPAnswer(.unauthorized)
            return loop.makeSucceededFuture(why)
        }
        return figures().hop(to: loop).map { figures in
            let metrics = Metrics(
                figures: figures.statistics, queue: figures.queue, loopLag: figures.lag, process: ProcessFigures.look())
            return HTTPAnswer(.ok, type: MetricsText.type, body: metrics.text)
        }
    }

    private func hasToken(_ request: HTTPRequest) -> Bool {
        guard let token, let shown = request.token, shown.count == token.count else { return false }
        // As long for a wrong first byte as for a wrong last one.
        return zip(shown, token).reduce(0 as UInt8) { $0 | ($1.0 ^ $1.1) } == 0
    }

    static func isLoopback(_ address: SocketAddress?) -> Bool {
        guard let ip = address?.ipAddress else { return false }
        let plain = ip.hasPrefix("::ffff:") ? String(ip.dropFirst(7)) : ip
        return plain == "::1" || HostAndPort(host: plain, port: 0).isLoopback
    }
}
