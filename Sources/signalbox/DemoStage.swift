import AdminProtocol
import ArgumentParser
import Authority
import BrokerServer
import Fleet
import NIOCore
import NIOPosix

/// The demo's broker with the fleet on it.
final class DemoStage {
    let fleet: Fleet
    let adminSocket: String
    /// `tls://localhost:port`.
    let endpoint: String
    /// Where the fleet's certificates are, if they were written.
    let papers: String?
    /// The fleet's loop, and that of the drain and of whoever asks how it goes.
    let group: MultiThreadedEventLoopGroup
    private let server: BrokerServer
    private let place: DemoPlace

    init(_ cast: Cast, place: DemoPlace, writesPapers: Bool) throws {
        do {
            let registrar = Registrar(try Authority(in: place.directory))
            // The endpoint stands in tokens only, and these go to nobody.
            let enlistment = try Enlistment(cast, by: registrar, endpoint: Endpoint(host: "localhost", port: 1_984))
            server = try DemoStage.open(place)
            self.place = place
            papers = writesPapers ? try DemoStage.write(enlistment, cast, into: place) : nil
            group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
            let port = server.endpoint.port
            adminSocket = server.configuration.adminSocket
            endpoint = "tls://localhost:\(port)"
            fleet = Fleet(
                cast, targets: try enlistment.targets(host: "127.0.0.1", port: port), on: group.next())
        } catch let exit as ExitCode {
            place.leave()
            throw exit
        } catch {
            place.leave()
            throw Exit.because("the demo cannot begin: \(error)", code: 1)
        }
        fleet.start()
        DemoDrain.start(place.directory.path(of: "queue.sqlite"), on: group.next())
    }

    /// Everybody leaves, and nothing remains.
    func strike() {
        fleet.stop()
        server.stop()
        try? group.syncShutdownGracefully()
        place.leave()
    }

    private static func open(_ place: DemoPlace) throws -> BrokerServer {
        // A real port rather than 0, for it stands on the console's first line.
        let port = try FreePort.find()
        let configuration = Configuration(
            endpoint: Endpoint(host: "localhost", port: port),
            workersListen: HostAndPort(host: "127.0.0.1", port: port), logLevel: .info,
            dataDirectory: place.directory.path, installation: "demo", environment: "DEMO",
            // A demo is looked at in its first seconds.
            stuckAfter: 4_000)
        // Its lines are for the console's log view: the terminal belongs to the console.
        return try BrokerServer.start(configuration, logs: .none)
    }

    private static func write(_ enlistment: Enlistment, _ cast: Cast, into place: DemoPlace) throws -> String {
        let folder = try DataDirectory(place.directory.path(of: "fleet"))
        try enlistment.write(into: folder, cast)
        return folder.path
    }
}
