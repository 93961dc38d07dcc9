extension Hasher {
    /// A name in one go: byte by byte, as an array does it, costs ten times as much.
    package mutating func combine(name bytes: [UInt8]) {
        combine(bytes.count)
        bytes.withUnsafeBytes { combine(bytes: $0) }
    }
}
