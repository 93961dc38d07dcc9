import AdminProtocol
import Authority
import Glibc
import Synchronization

/// One broker per data directory: two would share a queue and steal each other's socket.
final class DirectoryLock: Sendable {
    private let directory: DataDirectory
    private let descriptor: Mutex<Int32?>

    init(_ directory: DataDirectory) throws(BrokerServer.StartFailure) {
        self.directory = directory
        let path = directory.path(of: "broker.lock")
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else {
            throw BrokerServer.StartFailure("\(path) cannot be opened: \(File.reason())", exitCode: 78)
        }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            close(file)
            throw BrokerServer.StartFailure(
                "another broker runs in \(directory.path): stop it, or set SIGNALBOX_DATA_DIR to another directory",
                exitCode: 69)
        }
        descriptor = Mutex(file)
    }

    /// Takes away the socket that a killed broker left; nothing else may stand in its place.
    func clearSocket(_ path: String) throws(BrokerServer.StartFailure) {
        guard let isSocket = File.isSocket(path) else { return }
        guard isSocket else {
            throw BrokerServer.StartFailure("\(path) is in the way: the admin socket goes there", exitCode: 78)
        }
        unlink(path)
    }

    /// Says in a file where the broker listens, for programs that start one on any free port.
    func writeListening(_ facts: JSON) throws {
        let path = directory.path(of: "listening.json")
        try File.write(facts.bytes + [UInt8(ascii: "\n")], to: path + ".new")
        guard rename(path + ".new", path) == 0 else {
            throw AuthorityError("\(path) cannot be replaced: \(File.reason())")
        }
    }

    func forgetListening() {
        unlink(directory.path(of: "listening.json"))
    }

    func release() {
        descriptor.withLock { descriptor in
            if let file = descriptor.take() { close(file) }
        }
    }

    deinit {
        release()
    }
}
