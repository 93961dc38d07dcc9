import AdminProtocol

/// Who is at the other end of a connection, as its credential proves.
///
/// A pool's certificate proves the pool and not the worker: which worker it is follows from the client id. [T-31]
package enum Principal: Equatable, Sendable {
    /// A worker of this pool.
    case worker(pool: ULID)
    /// The platform's side.
    case backend(name: String)
    /// A console or script: the admin topic and `$SYS`, nothing else.
    case admin(name: String, role: Role)
    /// Somebody on the open loopback listener.
    case open
}
