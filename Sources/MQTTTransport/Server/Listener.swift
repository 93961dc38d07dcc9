import CPolling
import Glibc
import NIOCore
import NIOPosix

/// A place where connections are accepted.
package struct Listener: Sendable {
    package enum Place: Equatable, Sendable {
        /// All addresses, IPv6 and IPv4.
        case everywhere(port: Int)
        case address(host: String, port: Int)
        case unix(path: String)
    }

    package let place: Place
    /// Told to the owner with each connection.
    package let number: Int
    package let tls: TLSInForce?
    /// From accept to the end of the TLS handshake.
    package let deadline: TimeAmount

    package init(_ place: Place, number: Int, tls: TLSInForce? = nil, deadline: TimeAmount) {
        self.place = place
        self.number = number
        self.tls = tls
        self.deadline = deadline
    }

    /// Binds, and accepts from then on; everything happens on `reactor`, where `owner` lives.
    ///
    /// Not to be called on the reactor itself: it waits for it.
    package func bind(
        on reactor: Reactor, owner: any ConnectionOwner & Sendable, paused: @escaping @Sendable (String) -> Void
    ) throws -> ListeningSocket {
        let descriptor = try listeningDescriptor()
        var bound = cp_address()
        guard cp_bound(descriptor, &bound) == 0 else { throw SystemFailure("getsockname") }
        let port = bound.kind == CP_OTHER ? nil : Int(bound.port)
        let acceptor = try reactor.submit {
            let acceptor = Acceptor(
                descriptor: descriptor, listener: self, reactor: reactor, owner: owner, paused: paused)
            try reactor.watch(acceptor, for: .readable)
            return NIOLoopBound(acceptor, eventLoop: reactor)
        }.wait()
        return ListeningSocket(acceptor, on: reactor, port: port)
    }

    private func listeningDescriptor() throws -> CInt {
        switch place {
        case .everywhere(let port):
            do {
                return try listen(SocketAddress(ipAddress: "::", port: port))
            } catch let error as IOError where [EAFNOSUPPORT, EADDRNOTAVAIL].contains(error.errnoCode) {
                // A machine without IPv6 has no such address.
                return try listen(SocketAddress(ipAddress: "0.0.0.0", port: port))
            }
        case .address(let host, let port): return try listen(SocketAddress.makeAddressResolvingHost(host, port: port))
        case .unix(let path): return try listen(SocketAddress(unixDomainSocketPath: path))
        }
    }

    private func listen(_ address: SocketAddress) throws -> CInt {
        let kind = CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(CInt(address.protocol.rawValue), kind, 0)
        guard descriptor >= 0 else { throw SystemFailure("socket") }
        do {
            if case .unixDomainSocket = address {} else { try Listener.prepare(descriptor, isV6: address.isV6) }
            let bound = address.withSockAddr { Glibc.bind(descriptor, $0, socklen_t($1)) }
            guard bound == 0 else { throw SystemFailure("bind") }
            // A storm of a thousand connects in a moment must find room here.
            guard Glibc.listen(descriptor, 4_096) == 0 else { throw SystemFailure("listen") }
        } catch {
            Glibc.close(descriptor)
            throw error
        }
        return descriptor
    }

    /// What is set on the listening socket, each accepted one inherits: no calls are made for it. tcp(7)
    private static func prepare(_ descriptor: CInt, isV6: Bool) throws {
        try set(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
        try set(descriptor, SOL_SOCKET, SO_KEEPALIVE, 1)
        try set(descriptor, CInt(IPPROTO_TCP), TCP_NODELAY, 1)
        // A peer whose machine vanished is noticed after 30 s and not after 15 minutes, or, if nothing is on its way to
        // it, after a minute of silence more and not after two hours. [T-74, T-20]
        try set(descriptor, CInt(IPPROTO_TCP), TCP_USER_TIMEOUT, 30_000)
        try set(descriptor, CInt(IPPROTO_TCP), TCP_KEEPIDLE, 60)
        try set(descriptor, CInt(IPPROTO_TCP), TCP_KEEPINTVL, 10)
        if isV6 { try set(descriptor, CInt(IPPROTO_IPV6), IPV6_V6ONLY, 0) }
    }

    private static func set(_ descriptor: CInt, _ level: CInt, _ name: CInt, _ value: CInt) throws {
        var value = value
        guard setsockopt(descriptor, level, name, &value, socklen_t(MemoryLayout<CInt>.size)) == 0 else {
            throw SystemFailure("setsockopt")
        }
    }
}

/// A listening socket that accepts until it is closed.
package final class ListeningSocket: Sendable {
    /// Nil for a unix socket.
    package let port: Int?
    private let acceptor: NIOLoopBound<Acceptor>
    private let reactor: Reactor

    fileprivate init(_ acceptor: NIOLoopBound<Acceptor>, on reactor: Reactor, port: Int?) {
        self.acceptor = acceptor
        self.reactor = reactor
        self.port = port
    }

    /// Accepts no more; what was accepted stays. Not to be called on the reactor itself.
    package func close() {
        try? reactor.submit { self.acceptor.value.end() }.wait()
    }
}

extension SocketAddress {
    fileprivate var isV6: Bool {
        if case .v6 = self { true } else { false }
    }
}

extension Listener.Place: CustomStringConvertible {
    package var description: String {
        switch self {
        case .everywhere(let port): "port \(port)"
        case .address(let host, let port): "\(host):\(port)"
        case .unix(let path): path
        }
    }
}
