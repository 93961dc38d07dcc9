import Authority
import Glibc
import MessageQueue
import NIOCore

extension BrokerServer {
    /// Why a broker did not start, in one sentence, with the exit code that says the same.
    package struct StartFailure: Error, Equatable, Sendable, CustomStringConvertible {
        package let description: String
        /// As in sysexits.h: 78 for the configuration and its files, 69 for an address or a directory in use, 74 for the store.
        package let exitCode: Int32

        package init(_ description: String, exitCode: Int32) {
            self.description = description
            self.exitCode = exitCode
        }

        init(_ error: any Error) {
            switch error {
            case let failure as StartFailure: self = failure
            case let error as ConfigurationError: self.init(error.description, exitCode: 78)
            case let error as AuthorityError: self.init(error.description, exitCode: 78)
            case let error as StoreError: self.init(error.description, exitCode: 74)
            default: self.init("the broker did not start: \(error)", exitCode: 71)
            }
        }

        /// Binding failed.
        init(_ error: any Error, listeningOn place: String, key: String) {
            let code = (error as? IOError)?.errnoCode
            let reason =
                switch code {
                case EADDRINUSE: "another program listens there"
                case EACCES: "this user may not"
                case EADDRNOTAVAIL: "this machine has no such address"
                case let code?: String(cString: strerror(code))
                case nil where error is SocketAddressError.UnknownHost: "this machine knows no such host"
                case nil: "\(error)"
                }
            self.init("cannot listen on \(place) (\(key)): \(reason)", exitCode: code == EADDRINUSE ? 69 : 78)
        }
    }
}
