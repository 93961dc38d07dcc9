import CPolling
import Glibc

/// A peer's address as text: `10.4.1.9:51822`, `[::1]:51822`, `unix`. An IPv4 peer of a dual-stack socket is shown as
/// what it is.
enum PeerAddress {
    static let unix = "unix"

    /// As the kernel knows it now; empty for what is closed.
    static func text(of descriptor: CInt) -> String {
        var address = cp_address()
        return cp_peer(descriptor, &address) == 0 ? text(address) : ""
    }

    static func text(_ address: cp_address) -> String {
        withUnsafeBytes(of: address.bytes) { bytes in
            switch Int(address.kind) {
            case CP_V4: four(bytes, address.port)
            case CP_V6: six(bytes, address.port)
            default: unix
            }
        }
    }

    /// Its bytes where they stand: four, sixteen, or none of a unix socket.
    static func withBytes<Result>(of address: cp_address, _ body: (RawSpan) -> Result) -> Result {
        let size =
            switch Int(address.kind) {
            case CP_V4: 4
            case CP_V6: 16
            default: 0
            }
        return withUnsafeBytes(of: address.bytes) {
            body(UnsafeRawBufferPointer(rebasing: $0[..<size]).bytes)
        }
    }

    /// Made by hand: it is written for every connection that is accepted.
    private static func four(_ address: UnsafeRawBufferPointer, _ port: UInt16) -> String {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 21) { room in
            var place = 0
            for step in 0..<4 {
                place = decimal(UInt16(address[step]), room, place)
                room[place] = step == 3 ? UInt8(ascii: ":") : UInt8(ascii: ".")
                place += 1
            }
            // A text of up to 15 bytes needs no memory of its own, unless it is made in place.
            return String(decoding: room[..<decimal(port, room, place)], as: UTF8.self)
        }
    }

    private static func decimal(_ number: UInt16, _ room: UnsafeMutableBufferPointer<UInt8>, _ start: Int) -> Int {
        var place = start
        var scale: UInt16 = 10_000
        while scale > 1, number < scale { scale /= 10 }
        while scale > 0 {
            room[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / scale % 10)
            place += 1
            scale /= 10
        }
        return place
    }

    private static func six(_ address: UnsafeRawBufferPointer, _ port: UInt16) -> String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        inet_ntop(AF_INET6, address.baseAddress, &text, socklen_t(text.count))
        let name = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return "[\(name)]:\(port)"
    }
}
