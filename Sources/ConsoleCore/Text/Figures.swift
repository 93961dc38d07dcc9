import AdminProtocol

/// Numbers, spans and times as short texts of steady width.
package enum Figures {
    /// What stands where nothing is known: absent is not zero.
    package static let absent: DisplayText = "--"

    /// `0.2`, `96`, `1.21k`, `12.1k`, `3.10M`; at most five characters.
    package static func number(_ value: Double) -> DisplayText {
        guard value.isFinite else { return absent }
        if value > -10, value < 10, value != Double(Int(value)) {
            return DisplayText(decimal(value, places: value.magnitude < 0.1 ? 2 : 1))
        }
        return DisplayText(scaled(value, step: 1000, units: ["", "k", "M", "G", "T", "P", "E"], places: 2))
    }

    package static func number(_ value: Int64) -> DisplayText { number(Double(value)) }

    package static func number(_ value: Int) -> DisplayText { number(Double(value)) }

    package static func number(_ value: Int?) -> DisplayText { value.map { number($0) } ?? absent }

    /// `412B`, `1.6kB`, `402kB`, `3.1MB`.
    package static func bytes(_ value: Double) -> DisplayText {
        guard value.isFinite else { return absent }
        return DisplayText(scaled(value, step: 1000, units: ["B", "kB", "MB", "GB", "TB", "PB", "EB"], places: 1))
    }

    package static func bytes(_ value: Int64) -> DisplayText { bytes(Double(value)) }

    /// With all its digits, in groups of three: `1,284,112`.
    package static func whole(_ value: Int64) -> DisplayText {
        let digits = Array(String(value.magnitude).utf8)
        var text = value < 0 ? "-" : ""
        for (place, digit) in digits.enumerated() {
            if place > 0, (digits.count - place) % 3 == 0 { text += "," }
            text += ASCII.text[Int(digit & 127)]
        }
        return DisplayText(text)
    }

    /// `0.2s`, `45s`, `12m31s`, `2h05m`, `3d01h`, `412d`; at most six characters for ten thousand days.
    package static func span(_ milliseconds: Milliseconds) -> DisplayText {
        let value = max(0, milliseconds)
        let seconds = value / 1000
        switch seconds {
        case ..<10: return DisplayText(decimal(Double(value / 100) / 10, places: 1) + "s")
        case ..<60: return "\(seconds)s"
        case ..<3600: return "\(seconds / 60)m\(two(seconds % 60))s"
        case ..<86400: return "\(seconds / 3600)h\(two(seconds / 60 % 60))m"
        case ..<(100 * 86400): return "\(seconds / 86400)d\(two(seconds / 3600 % 24))h"
        default: return "\(seconds / 86400)d"
        }
    }

    /// A length of time as someone chose it: `30s`, `10m`, `1h`, `1h30m`.
    package static func chosen(_ milliseconds: Milliseconds) -> DisplayText {
        let seconds = max(0, milliseconds) / 1000
        if seconds == 0 { return "0s" }
        var text = DisplayText.empty
        if seconds >= 86400 { text += "\(seconds / 86400)d" }
        if seconds / 3600 % 24 > 0 { text += "\(seconds / 3600 % 24)h" }
        if seconds / 60 % 60 > 0 { text += "\(seconds / 60 % 60)m" }
        if seconds % 60 > 0 { text += "\(seconds % 60)s" }
        return text
    }

    /// `09:41`, for what runs out.
    package static func countdown(_ milliseconds: Milliseconds) -> DisplayText {
        let seconds = max(0, milliseconds) / 1000
        if seconds >= 3600 { return "\(seconds / 3600):\(two(seconds / 60 % 60)):\(two(seconds % 60))" }
        return "\(two(seconds / 60)):\(two(seconds % 60))"
    }

    /// `9ms`, `1.2s`.
    package static func latency(_ milliseconds: Milliseconds) -> DisplayText {
        milliseconds < 1000 ? "\(max(0, milliseconds))ms" : span(milliseconds)
    }

    /// `+0.1s`, `-2.0s`.
    package static func skew(_ milliseconds: Milliseconds) -> DisplayText {
        let value = min(max(milliseconds, -86_400_000), 86_400_000)
        let text = decimal(Double(value.magnitude) / 1000, places: 1)
        return DisplayText((value < 0 ? "-" : "+") + text + "s")
    }

    /// `12:04:31`, in UTC.
    package static func clock(_ time: Timestamp) -> DisplayText {
        let seconds = secondOfDay(time)
        return "\(two(seconds / 3600)):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
    }

    /// `12:04:31.204`, in UTC.
    package static func exactClock(_ time: Timestamp) -> DisplayText {
        let thousandths = String(((time % 1000) + 1000) % 1000)
        let zeros = String(repeating: "0", count: max(0, 3 - thousandths.utf8.count))
        return clock(time) + "." + DisplayText(zeros + thousandths)
    }

    /// `2025-11-02`, in UTC, of the years 1 to 9999.
    package static func date(_ time: Timestamp) -> DisplayText {
        let bounded = min(max(time, -62_135_596_800_000), 253_402_300_799_999)
        let days = (bounded - ((bounded % 86_400_000) + 86_400_000) % 86_400_000) / 86_400_000
        // Howard Hinnant's civil_from_days: eras of 400 years that begin on the first of March.
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * month + 2) / 5 + 1
        let civilMonth = month < 10 ? month + 3 : month - 9
        let year = yearOfEra + era * 400 + (civilMonth <= 2 ? 1 : 0)
        return "\(year)-\(two(civilMonth))-\(two(day))"
    }

    /// `42 %`.
    package static func share(_ part: Double) -> DisplayText {
        guard part.isFinite else { return absent }
        return "\(Int(min(max(part, 0), 1) * 100 + 0.5)) %"
    }

    private static func secondOfDay(_ time: Timestamp) -> Int64 {
        let inDay = ((time % 86_400_000) + 86_400_000) % 86_400_000
        return inDay / 1000
    }

    private static func two(_ value: Int64) -> DisplayText {
        value < 10 ? "0\(value)" : "\(value)"
    }

    /// With so many places after the point; the value is bounded so that no figure can overflow.
    private static func decimal(_ value: Double, places: Int) -> String {
        var factor: Int64 = 1
        for _ in 0..<places { factor *= 10 }
        let bounded = min(max(value, -1e12), 1e12)
        let all = Int64(bounded * Double(factor) + (bounded < 0 ? -0.5 : 0.5))
        let sign = all < 0 ? "-" : ""
        let whole = all.magnitude / factor.magnitude
        guard places > 0 else { return sign + String(whole) }
        let rest = String(all.magnitude % factor.magnitude)
        return sign + String(whole) + "." + String(repeating: "0", count: places - rest.utf8.count) + rest
    }

    /// Three digits and a unit.
    private static func scaled(_ value: Double, step: Double, units: [String], places: Int) -> String {
        var rest = min(max(value, -1e21), 1e21)
        var unit = 0
        while rest.magnitude >= step - 0.5, unit + 1 < units.count {
            rest /= step
            unit += 1
        }
        let digits: Int
        switch rest.magnitude {
        case _ where unit == 0: digits = 0
        case ..<9.995: digits = places
        case ..<99.95: digits = places - 1
        default: digits = 0
        }
        return decimal(rest, places: digits) + units[unit]
    }
}
