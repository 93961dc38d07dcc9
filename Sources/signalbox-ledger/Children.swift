import CProcess
import Glibc
import Synchronization

/// Every process that the ledger started, so that none outlives it.
enum Children {
    private static let living = Mutex<Set<pid_t>>([])
    private static let places = Mutex<Set<String>>([])

    /// Whether file systems that we mount are seen by nobody else.
    static let hasOwnMounts = Mutex(false)

    static func born(_ pid: pid_t) { living.withLock { _ = $0.insert(pid) } }
    static func buried(_ pid: pid_t) { living.withLock { _ = $0.remove(pid) } }
    static func made(_ place: String) { places.withLock { _ = $0.insert(place) } }
    static func kept(_ place: String) { places.withLock { _ = $0.remove(place) } }

    /// Ends all of them, with what they started themselves, and removes every directory that is not to be kept.
    static func endAll() {
        for pid in living.withLock({ $0 }) {
            for descendant in Children.descendants(of: pid) { kill(descendant, SIGKILL) }
            kill(pid, SIGKILL)
            kill(pid, SIGCONT)
            waitpid(pid, nil, 0)
        }
        for place in places.withLock({ $0 }) { Place.remove(place) }
    }

    /// From now on Ctrl-C and its like end the children first. Before any thread is started.
    static func endWithUs() {
        signal(SIGPIPE, SIG_IGN)
        // A back end's orphans become ours, not those of whoever reaps nothing.
        _ = cprocess_adopt_orphans()
        // As root only; who cannot, skips what needs it.
        hasOwnMounts.withLock { $0 = cprocess_own_mounts() == 0 }
        var set = sigset_t()
        sigemptyset(&set)
        for number in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&set, number) }
        pthread_sigmask(SIG_BLOCK, &set, nil)
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { _ in
                var set = sigset_t()
                sigemptyset(&set)
                for number in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&set, number) }
                var caught: Int32 = 0
                while sigwait(&set, &caught) != 0 {}
                Children.endAll()
                _exit(128 + caught)
            }, nil)
        if status == 0 { pthread_detach(thread) }
    }

    /// Processes below `pid`, the nearest first.
    static func descendants(of pid: pid_t) -> [pid_t] {
        var found: [pid_t] = []
        var parents: Set<pid_t> = [pid]
        let all = parentsOfAll()
        while true {
            let next = all.filter { parents.contains($0.parent) && !found.contains($0.pid) }.map(\.pid)
            guard !next.isEmpty else { return found }
            found += next
            parents = Set(next)
        }
    }

    private static func parentsOfAll() -> [(pid: pid_t, parent: pid_t)] {
        guard let directory = opendir("/proc") else { return [] }
        defer { closedir(directory) }
        var found: [(pid_t, pid_t)] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard let pid = pid_t(name), let parent = parent(of: pid) else { continue }
            found.append((pid, parent))
        }
        return found
    }

    private static func parent(of pid: pid_t) -> pid_t? {
        guard let text = Files.text("/proc/\(pid)/stat"), let name = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: name)...].split(separator: " ")
        return fields.count > 1 ? pid_t(fields[1]) : nil
    }
}
