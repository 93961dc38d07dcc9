/// The greatest number a variable byte integer can say.
package let greatestVariableInteger = 268_435_455

extension [UInt8] {
    package mutating func append(uint16 value: UInt16) {
        append(UInt8(truncatingIfNeeded: value >> 8))
        append(UInt8(truncatingIfNeeded: value))
    }

    package mutating func append(uint32 value: UInt32) {
        append(uint16: UInt16(truncatingIfNeeded: value >> 16))
        append(uint16: UInt16(truncatingIfNeeded: value))
    }

    package mutating func append(variableInteger value: Int) {
        precondition((0...greatestVariableInteger).contains(value), "\(value) does not fit a variable byte integer")
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }

    /// A text or binary with its length in front; what does not fit the length is cut.
    package mutating func append(text: [UInt8]) {
        let length = Swift.min(text.count, 65_535)
        append(uint16: UInt16(length))
        append(contentsOf: text[..<length])
    }

    /// Writes a packet: the body first, then its length in front of it.
    mutating func appendPacket(_ firstByte: UInt8, _ body: (inout [UInt8]) -> Void) {
        append(firstByte)
        let start = count
        body(&self)
        let length = count - start
        if length < 0x80 {
            insert(UInt8(length), at: start)
        } else {
            var header: [UInt8] = []
            header.append(variableInteger: length)
            insert(contentsOf: header, at: start)
        }
    }
}

/// The same for room that was made before; more than was asked for never fits.
extension OutputSpan<UInt8> {
    @inline(__always)
    mutating func append(uint16 value: UInt16) {
        append(UInt8(truncatingIfNeeded: value >> 8))
        append(UInt8(truncatingIfNeeded: value))
    }

    @inline(__always)
    mutating func append(variableInteger value: Int) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }

    @inline(__always)
    mutating func append(span bytes: RawSpan) {
        precondition(bytes.byteCount <= freeCapacity, "the room was made for less")
        bytes.withUnsafeBytes { source in
            withUnsafeMutableBufferPointer { room, count in
                UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(room)[count...])
                    .copyMemory(from: source)
                count += source.count
            }
        }
    }
}

/// How many bytes a number takes as a variable byte integer.
package func variableIntegerLength(_ value: Int) -> Int {
    value < 128 ? 1 : value < 16_384 ? 2 : value < 2_097_152 ? 3 : 4
}
