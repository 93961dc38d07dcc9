/// A value on its way to PostgreSQL, in the form that costs the server least.
struct PostgresParameter {
    /// The type's number in `pg_type`.
    let type: UInt32
    let bytes: [UInt8]
    let isBinary: Bool

    /// UTF-8, as it is: a NUL in it is the server's to refuse. [T-55]
    static func text(_ bytes: some Sequence<UInt8>) -> PostgresParameter {
        PostgresParameter(type: 25, bytes: Array(bytes), isBinary: true)
    }

    static func text(_ text: String) -> PostgresParameter { .text(text.utf8) }

    static func bytes(_ bytes: [UInt8]) -> PostgresParameter {
        PostgresParameter(type: 17, bytes: bytes, isBinary: true)
    }

    static func integer(_ number: Int64) -> PostgresParameter {
        PostgresParameter(type: 20, bytes: bigEndian(number), isBinary: true)
    }

    static func texts(_ texts: [[UInt8]]) -> PostgresParameter {
        PostgresParameter(type: 1_009, bytes: array(of: texts, type: 25), isBinary: true)
    }

    static func integers(_ numbers: [Int64]) -> PostgresParameter {
        PostgresParameter(type: 1_016, bytes: array(of: numbers.map { bigEndian($0) }, type: 20), isBinary: true)
    }

    /// One dimension from 1, no nulls: its header, then each element behind its length.
    private static func array(of elements: [[UInt8]], type: UInt32) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(elements.reduce(20) { $0 + $1.count + 4 })
        for word in [elements.isEmpty ? 0 : 1, 0, type] as [UInt32] { bytes += bigEndian(word) }
        if !elements.isEmpty { bytes += bigEndian(UInt32(clamping: elements.count)) + bigEndian(UInt32(1)) }
        for element in elements {
            bytes += bigEndian(UInt32(clamping: element.count))
            bytes += element
        }
        return bytes
    }

    private static func bigEndian(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }
}
