import MQTT

extension FuzzTarget {
    /// The first two to five bytes of a packet, against the definition.
    static let fixedHeader = FuzzTarget(name: "fixed-header") { input in
        switch header(input) {
        case .refused:
            law(!isHeader(input), "a good header is refused")
            // What is refused stays refused, whatever comes after it.
            law(header(input + [0]) == .refused, "a header became good by one byte more")
        case .incomplete:
            law(input.count < 5, "five bytes are not enough for a header")
            law(input.dropFirst().allSatisfy { $0 >= 128 }, "the length is whole and was not read")
        case .whole(let read):
            law(isHeader(input), "what is no header is taken for one")
            law(read.type.rawValue == input[0] >> 4 && read.flags == input[0] & 15, "the first byte is read wrongly")
            let length = Naive.variableByteInteger(input[1...])
            law(length?.value == read.remainingLength, "the length is read wrongly")
            law(length.map { $0.length + 1 } == read.headerLength, "the header's own length is wrong")
            // Fewer bytes are too few, and nothing else.
            for count in 0..<read.headerLength {
                law(header(Array(input[..<count])) == .incomplete, "\(count) bytes are enough")
            }
            // A header is the same wherever it stands.
            law(header([0xFF, 0xFF, 0xFF] + input, at: 3) == .whole(read), "the place makes a difference")
        }
    }

    private enum Outcome: Equatable {
        case refused
        case incomplete
        case whole(FixedHeader)
    }

    private static func header(_ bytes: [UInt8], at start: Int = 0) -> Outcome {
        do throws(MalformedPacket) {
            return try FixedHeader.parse(bytes.span.bytes, at: start).map { .whole($0) } ?? .incomplete
        } catch {
            return .refused
        }
    }

    /// Section 2.1: type, flags of the type, and a length in its shortest form.
    private static func isHeader(_ bytes: [UInt8]) -> Bool {
        guard let first = bytes.first, Naive.variableByteInteger(bytes.dropFirst()) != nil else { return false }
        switch first {
        case 0x10, 0x20, 0x40, 0x50, 0x62, 0x70, 0x82, 0x90, 0xA2, 0xB0, 0xC0, 0xD0, 0xE0, 0xF0: return true
        // QoS 0 with and without RETAIN, then QoS 1 and 2 with DUP and RETAIN each.
        case 0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x3A, 0x3B, 0x3C, 0x3D: return true
        default: return false
        }
    }
}
