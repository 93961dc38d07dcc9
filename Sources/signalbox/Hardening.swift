import CProcess
import Glibc

/// What a process that holds keys gives up: each is one call, and none of it is missed. [SD-9]
enum Hardening {
    static func apply() {
        // Files are for their owner alone, whatever the shell says.
        umask(0o077)
        // A crash leaves no keys on the disk.
        var none = rlimit()
        setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
        // The same where cores go to a program and not to a file; and no other process of this user reads its memory.
        _ = cprocess_hide_memory()
        _ = cprocess_gain_no_privileges()
    }
}
