import Authority
import BrokerCore
import BrokerServer
import FoundationEssentials
import Glibc

/// What the `pool` and `credential` commands work on: the data directory, whether the broker runs or not.
struct Office {
    let registrar: Registrar
    private let environment = ProcessInfo.processInfo.environment

    /// Opens the directory; every failure is one sentence and exit code 1.
    init(_ data: DataDirectoryOption) throws {
        // The keys of the authorities are in this process as well.
        Hardening.apply()
        let environment = environment
        registrar = try Office.sentence {
            try Registrar(
                Authority(
                    in: DataDirectory(data.path(in: environment)), files: Configuration.papers(in: environment)))
        }
    }

    /// Where workers reach the broker: as asked for, as configured, or as the broker itself said at its last start.
    func endpoint(_ asked: String?) throws -> Endpoint {
        try Office.sentence {
            if let text = asked ?? environment["MQTT_BROKER_ENDPOINT"] { return try Endpoint(text) }
            if let known = try registrar.authority.endpoint() { return known }
            throw AuthorityError(
                "where the broker is reached is not known: say --endpoint host:port, or set MQTT_BROKER_ENDPOINT")
        }
    }

    /// The pool with this id or name.
    func pool(_ text: String) throws -> Registry.Pool {
        try Office.sentence {
            let pools = try registrar.file.read().pools
            let found = ULID(text).map { id in pools.filter { $0.id == id } } ?? pools.filter { $0.name == text }
            guard let pool = found.first else { throw AuthorityError("there is no pool of that id or name") }
            return pool
        }
    }

    /// The request in `path`, or on standard input for `-`.
    static func request(_ path: String) throws -> SigningRequest {
        try sentence {
            let bytes =
                try path == "-"
                ? File.bytes(of: 0, path: "standard input", atMost: SigningRequest.largest)
                : File.read(path, atMost: SigningRequest.largest)
            return try SigningRequest(pem: String(decoding: bytes, as: UTF8.self))
        }
    }

    /// Writes files that only their owner can read into a directory, which is made if it is missing.
    static func write(_ files: [(name: String, text: String)], to path: String) throws {
        try sentence {
            guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
                throw AuthorityError("\(path) cannot be made: \(File.reason())")
            }
            for file in files { try File.write(Array(file.text.utf8), to: path + "/" + file.name) }
        }
    }

    static func sentence<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as AuthorityError {
            throw Exit.because(error.message, code: ExitCodes.refused)
        } catch let error as ConfigurationError {
            throw Exit.because(error.description, code: ExitCodes.refused)
        }
    }
}
