/// A second of the Gregorian calendar in UTC, as signatures write it.
package struct SigningTime: Equatable, Sendable {
    /// Seconds since 1970.
    package let seconds: Int64

    /// Years outside of 0 to 9999 are brought to the nearer end: nothing signs there.
    package init(seconds: Int64) {
        self.seconds = min(max(seconds, -62_167_219_200), 253_402_300_799)
    }

    /// `20261122T184100Z`.
    package var stamp: String {
        let (year, month, day) = civil
        let second = seconds - SigningTime.days(of: seconds) * 86_400
        return SigningTime.digits(year, 4) + SigningTime.digits(month, 2) + SigningTime.digits(day, 2) + "T"
            + SigningTime.digits(second / 3_600, 2) + SigningTime.digits(second / 60 % 60, 2)
            + SigningTime.digits(second % 60, 2) + "Z"
    }

    /// `20261122`.
    package var day: String { String(stamp.prefix(8)) }

    /// Reads the time of an HTTP `Date` header, such as `Sun, 22 Nov 2026 18:41:00 GMT`; nil if it is anything else.
    package init?(httpDate text: String) {
        let words = text.split(separator: " ")
        guard words.count == 6, words[5] == "GMT", let day = Int64(words[1]), (1...31).contains(day),
            let month = SigningTime.months.firstIndex(of: String(words[2])),
            let year = Int64(words[3]), (1970...9999).contains(year)
        else { return nil }
        let clock = words[4].split(separator: ":").compactMap { Int64($0) }
        guard clock.count == 3, (0...23).contains(clock[0]), (0...59).contains(clock[1]), (0...60).contains(clock[2])
        else { return nil }
        let days = SigningTime.daysSince1970(year: year, month: Int64(month) + 1, day: day)
        self.init(seconds: days * 86_400 + clock[0] * 3_600 + clock[1] * 60 + clock[2])
    }

    /// Reads `2026-11-22T18:41:00Z`, with or without a fraction of a second; nil if it is anything else.
    package init?(iso8601 text: String) {
        let halves = text.split(separator: "T")
        guard halves.count == 2, halves[1].hasSuffix("Z") else { return nil }
        let date = halves[0].split(separator: "-").compactMap { Int64($0) }
        let clock = halves[1].dropLast().prefix { $0 != "." }.split(separator: ":").compactMap { Int64($0) }
        guard date.count == 3, clock.count == 3, (1970...9999).contains(date[0]), (1...12).contains(date[1]),
            (1...31).contains(date[2]), (0...23).contains(clock[0]), (0...59).contains(clock[1]),
            (0...60).contains(clock[2])
        else { return nil }
        let days = SigningTime.daysSince1970(year: date[0], month: date[1], day: date[2])
        self.init(seconds: days * 86_400 + clock[0] * 3_600 + clock[1] * 60 + clock[2])
    }

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    private static func days(of seconds: Int64) -> Int64 {
        seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
    }

    private static func digits(_ value: Int64, _ width: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }

    /// Year, month and day, counted in eras of 400 years that begin in March, so that a leap day is the last.
    private var civil: (Int64, Int64, Int64) {
        let shifted = SigningTime.days(of: seconds) + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let march = (5 * dayOfYear + 2) / 153
        let month = march < 10 ? march + 3 : march - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * march + 2) / 5 + 1)
    }

    private static func daysSince1970(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
