import AdminProtocol
import ArgumentParser

/// A length of time as people write it: `30s`, `10m`, `1h30m`.
struct TimeSpan: ExpressibleByArgument, Equatable {
    let milliseconds: Milliseconds

    init?(argument: String) {
        var total: Milliseconds = 0
        var number: Milliseconds?
        for byte in argument.utf8 {
            if (48...57).contains(byte) {
                let digit = Milliseconds(byte - 48)
                let (grown, overflow) = (number ?? 0).multipliedReportingOverflow(by: 10)
                guard !overflow, grown <= .max - digit else { return nil }
                number = grown + digit
                continue
            }
            guard let count = number, let unit = TimeSpan.unit(byte) else { return nil }
            let (part, overflow) = count.multipliedReportingOverflow(by: unit)
            guard !overflow, part <= .max - total else { return nil }
            total += part
            number = nil
        }
        guard number == nil, total > 0 else { return nil }
        milliseconds = total
    }

    private static func unit(_ letter: UInt8) -> Milliseconds? {
        switch letter {
        case UInt8(ascii: "s"): 1_000
        case UInt8(ascii: "m"): 60_000
        case UInt8(ascii: "h"): 3_600_000
        case UInt8(ascii: "d"): 86_400_000
        default: nil
        }
    }
}
