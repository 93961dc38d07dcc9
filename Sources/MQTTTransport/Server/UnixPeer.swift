import Glibc
import NIOCore
import NIOPosix

/// Who is at the other end of a unix socket, as the kernel knows it.
enum UnixPeer {
    /// Nil for any other socket.
    static func user(of channel: any Channel) -> UInt32? {
        guard case .unixDomainSocket = channel.localAddress, let options = channel as? any SocketOptionProvider else {
            return nil
        }
        let user = NIOLoopBoundBox<UInt32?>(nil, eventLoop: channel.eventLoop)
        let asked: EventLoopFuture<Credentials> = options.unsafeGetSocketOption(
            level: .socket, name: NIOBSDSocket.Option(rawValue: SO_PEERCRED))
        // On the channel's own loop the answer is there at once.
        asked.whenSuccess { user.value = $0.user }
        return user.value
    }

    /// `struct ucred`, which the C library shows only to GNU sources.
    private struct Credentials: Sendable {
        let process: Int32
        let user: UInt32
        let group: UInt32
    }
}
