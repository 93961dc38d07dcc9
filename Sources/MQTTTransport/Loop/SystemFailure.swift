import Glibc
import NIOCore

/// The newest failure of a system call.
func SystemFailure(_ call: String) -> IOError {
    IOError(errnoCode: errno, reason: call)
}
