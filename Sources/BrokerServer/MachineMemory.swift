import Authority
import Glibc

/// How much memory this process may have: the machine's, or the container's if that is less.
enum MachineMemory {
    /// What the broker takes of it when nobody says otherwise: the rest is for the system's buffers, TLS and the
    /// database beside it. [T-70]
    static var share: Int {
        let bytes =
            [physical, group("/sys/fs/cgroup/memory.max"), group("/sys/fs/cgroup/memory/memory.limit_in_bytes")]
            .compactMap { $0 }.min() ?? 1 << 30
        return max(1 << 26, bytes / 10 * 6)
    }

    private static var physical: Int? {
        let pages = sysconf(Int32(_SC_PHYS_PAGES))
        let size = sysconf(Int32(_SC_PAGESIZE))
        guard pages > 0, size > 0 else { return nil }
        let (bytes, overflow) = pages.multipliedReportingOverflow(by: size)
        return overflow ? nil : bytes
    }

    /// What a control group allows; `max` or anything else that is no number is no bound.
    private static func group(_ path: String) -> Int? {
        guard let bytes = try? File.read(path, atMost: 4_096) else { return nil }
        return Int(String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)).flatMap {
            $0 > 0 ? $0 : nil
        }
    }
}
