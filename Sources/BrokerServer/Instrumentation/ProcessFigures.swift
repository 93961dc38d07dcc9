import Glibc

/// What the system knows of this process, under the names Prometheus' own clients use.
struct ProcessFigures: Sendable {
    var residentBytes: Int64
    var processorSeconds: Double
    var openDescriptors: Int
    var mostDescriptors: Int

    /// Looks now. Counting descriptors takes milliseconds where there are ten thousands: not for the broker's loop.
    static func look() -> ProcessFigures {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return ProcessFigures(
            residentBytes: residentBytes() ?? 0,
            processorSeconds: Double(time.tv_sec) + Double(time.tv_nsec / 10_000_000) / 100,
            openDescriptors: descriptors(), mostDescriptors: Int(clamping: limit.rlim_cur))
    }

    /// Pages in memory, from the second number of `/proc/self/statm`; costs some microseconds.
    static func residentBytes() -> Int64? {
        let file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var text = [UInt8](repeating: 0, count: 128)
        let count = read(file, &text, text.count)
        guard count > 0 else { return nil }
        let words = text[..<count].split(separator: UInt8(ascii: " "))
        guard words.count > 1, let pages = Int64(String(decoding: words[1], as: UTF8.self)) else { return nil }
        return pages * Int64(sysconf(Int32(_SC_PAGESIZE)))
    }

    private static func descriptors() -> Int {
        guard let folder = opendir("/proc/self/fd") else { return 0 }
        defer { closedir(folder) }
        // Not the two names of folders, nor the descriptor this look takes.
        var count = -3
        while readdir(folder) != nil { count += 1 }
        return max(0, count)
    }
}
