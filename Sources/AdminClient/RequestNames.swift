/// Makes ids for requests: in the form of ULIDs, so that they sort by time, and never the same twice.
struct RequestNames {
    private static let digits = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    private let salt: UInt64
    private var count: UInt16 = 0

    init() {
        var random = SystemRandomNumberGenerator()
        salt = random.next()
    }

    /// 48 bits of time, 64 of chance and 16 that count.
    mutating func next(at milliseconds: Int64) -> String {
        count &+= 1
        let time = UInt64(clamping: milliseconds) & 0xFFFF_FFFF_FFFF
        var high = time << 16 | salt >> 48
        var low = salt << 16 | UInt64(count)
        var reversed: [UInt8] = []
        for _ in 0..<26 {
            reversed.append(RequestNames.digits[Int(low & 31)])
            low = low >> 5 | high << 59
            high >>= 5
        }
        return String(decoding: reversed.reversed(), as: UTF8.self)
    }
}
