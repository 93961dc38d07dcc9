/// Empty buffers with room, so that idle connections hold none and busy ones need no allocation.
struct SpareBuffers {
    private var buffers: [[UInt8]] = []
    /// The room in all of them.
    private(set) var bytes = 0
    private let most: Int

    /// One that became this large is given back: it would seldom be filled again.
    private static let largest = 1_048_576

    init(most: Int) {
        self.most = most
    }

    @inline(__always)
    mutating func take() -> [UInt8]? {
        guard let buffer = buffers.popLast() else { return nil }
        bytes &-= buffer.capacity
        return buffer
    }

    /// Keeps an emptied buffer, if there is room for one more.
    @inline(__always)
    mutating func keep(_ buffer: [UInt8]) {
        let room = buffer.capacity
        guard room > 0, room <= SpareBuffers.largest, bytes &+ room <= most else { return }
        bytes &+= room
        buffers.append(buffer)
    }

    mutating func removeAll() {
        self = SpareBuffers(most: most)
    }
}
