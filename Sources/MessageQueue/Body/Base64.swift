/// Base64 with padding, as RFC 4648 has it, on bytes.
package enum Base64 {
    package static func encode(_ bytes: some Collection<UInt8>) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        var group: UInt32 = 0
        var held = 0
        for byte in bytes {
            group = group << 8 | UInt32(byte)
            held += 1
            guard held == 3 else { continue }
            text.append(letter(group >> 18))
            text.append(letter(group >> 12))
            text.append(letter(group >> 6))
            text.append(letter(group))
            group = 0
            held = 0
        }
        if held == 1 {
            text += [letter(group >> 2), letter(group << 4), pad, pad]
        } else if held == 2 {
            text += [letter(group >> 10), letter(group >> 4), letter(group << 2), pad]
        }
        return text
    }

    private static let pad = UInt8(ascii: "=")
    private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    private static func letter(_ bits: UInt32) -> UInt8 { letters[Int(bits & 63)] }
}
