import AdminProtocol

/// One log line as JSON: fixed keys, everything from outside escaped and cut. [SD-16]
enum LogFormat {
    static let longestValue = 256

    static func append(
        _ level: LogLevel, _ message: String, caller: String, fields: [(key: String, value: String)],
        at wall: Timestamp, to out: inout [UInt8]
    ) {
        out += "{\"ts\":\"".utf8
        out += time(wall).utf8
        out += "\",\"level\":\"".utf8
        // The platform's own logs spell it so.
        out += (level == .warn ? "warning" : level.rawValue).utf8
        out += "\",\"msg\":".utf8
        append(message, to: &out)
        out += ",\"caller\":".utf8
        append(caller, to: &out)
        for (place, field) in fields.enumerated() {
            // A key stands once in an object; the first to say it is right.
            guard !fields[..<place].contains(where: { $0.key == field.key }) else { continue }
            out.append(UInt8(ascii: ","))
            append(field.key, to: &out)
            out.append(UInt8(ascii: ":"))
            append(field.value, to: &out)
        }
        out += "}\n".utf8
    }

    /// A JSON string of at most 256 bytes before escaping; nothing in it moves a cursor or turns text around.
    private static func append(_ text: String, to out: inout [UInt8]) {
        out.append(UInt8(ascii: "\""))
        var length = 0
        for scalar in text.unicodeScalars {
            length += UTF8.width(scalar)
            guard length <= longestValue else {
                out += "…".utf8
                break
            }
            switch scalar {
            case "\"": out += "\\\"".utf8
            case "\\": out += "\\\\".utf8
            case " "..."~": out.append(UInt8(truncatingIfNeeded: scalar.value))
            default: append(scalar, to: &out)
            }
        }
        out.append(UInt8(ascii: "\""))
    }

    private static func append(_ scalar: Unicode.Scalar, to out: inout [UInt8]) {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned, .surrogate:
            for unit in UTF16.encode(scalar) ?? UTF16.EncodedScalar() {
                let digits = String(unit, radix: 16)
                out += "\\u".utf8
                out += String(repeating: "0", count: max(0, 4 - digits.utf8.count)).utf8
                out += digits.utf8
            }
        default: out += String(scalar).utf8
        }
    }

    /// `2026-11-22T16:09:23.123Z`, without Foundation: days to a date after Howard Hinnant's public algorithm.
    static func time(_ wall: Timestamp) -> String {
        let clamped = min(max(wall, 0), 253_402_300_799_999)
        let (seconds, milliseconds) = (clamped / 1_000, clamped % 1_000)
        let (days, second) = (seconds / 86_400 + 719_468, seconds % 86_400)
        let era = days / 146_097
        let dayOfEra = days % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * month + 2) / 5 + 1
        let calendarMonth = month < 10 ? month + 3 : month - 9
        let year = yearOfEra + era * 400 + (calendarMonth <= 2 ? 1 : 0)
        let date = "\(padded(year, 4))-\(padded(calendarMonth, 2))-\(padded(day, 2))"
        return date
            + "T\(padded(second / 3_600, 2)):\(padded(second / 60 % 60, 2)):\(padded(second % 60, 2))"
            + ".\(padded(milliseconds, 3))Z"
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
