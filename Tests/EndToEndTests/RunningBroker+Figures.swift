import Foundation
import TestSupport

/// What the system says of the broker's process.
extension RunningBroker {
    /// Seconds of processor time since its start.
    var cpuSeconds: Double {
        let fields = proc("stat").split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return 0 }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    var residentBytes: Int { status("VmRSS:") }
    var addressBytes: Int { status("VmSize:") }
    /// The most that was resident since `forgetPeak`: nothing in between is missed.
    var peakBytes: Int { status("VmHWM:") }

    var descriptors: Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process.identifier)/fd").count) ?? 0
    }

    func forgetPeak() throws {
        try "5".write(toFile: "/proc/\(process.identifier)/clear_refs", atomically: false, encoding: .utf8)
    }

    private func status(_ name: String) -> Int {
        let line = proc("status").split(separator: "\n").first { $0.hasPrefix(name) } ?? ""
        return (Int(line.filter(\.isNumber)) ?? 0) << 10
    }

    private func proc(_ name: String) -> String {
        (try? String(contentsOfFile: "/proc/\(process.identifier)/\(name)", encoding: .utf8)) ?? ""
    }
}
