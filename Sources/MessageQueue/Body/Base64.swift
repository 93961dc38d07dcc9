/// Base64 with padding, as RFC 4648 has it, on bytes.
package enum Base64 {
    package static func encode(_ bytes: [UInt8]) -> [UInt8] {
        Array(unsafeUninitializedCapacity: (bytes.count + 2) / 3 * 4) { text, count in
            // Every message goes through here: looked up once, and by places that are in range by construction.
            let letters = Base64.letters.utf8Start
            func letter(_ bits: UInt32) -> UInt8 { letters[Int(bits & 63)] }
            bytes.withUnsafeBufferPointer { bytes in
                let whole = bytes.count / 3 * 3
                for place in stride(from: 0, to: whole, by: 3) {
                    let group = UInt32(bytes[place]) << 16 | UInt32(bytes[place + 1]) << 8 | UInt32(bytes[place + 2])
                    text.initializeElement(at: count, to: letter(group >> 18))
                    text.initializeElement(at: count + 1, to: letter(group >> 12))
                    text.initializeElement(at: count + 2, to: letter(group >> 6))
                    text.initializeElement(at: count + 3, to: letter(group))
                    count += 4
                }
                guard whole < bytes.count else { return }
                let isPair = whole + 1 < bytes.count
                let group = UInt32(bytes[whole]) << 16 | (isPair ? UInt32(bytes[whole + 1]) << 8 : 0)
                text.initializeElement(at: count, to: letter(group >> 18))
                text.initializeElement(at: count + 1, to: letter(group >> 12))
                text.initializeElement(at: count + 2, to: isPair ? letter(group >> 6) : pad)
                text.initializeElement(at: count + 3, to: pad)
                count += 4
            }
        }
    }

    private static let pad = UInt8(ascii: "=")
    private static let letters: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
}
