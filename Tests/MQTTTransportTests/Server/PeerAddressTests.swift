import CPolling
import Testing

@testable import MQTTTransport

@Suite struct PeerAddressTests {
    @Test(
        arguments: [
            ([10, 4, 1, 9], 51_822, "10.4.1.9:51822"), ([127, 0, 0, 1], 1, "127.0.0.1:1"),
            ([255, 255, 255, 255], 65_535, "255.255.255.255:65535"), ([0, 0, 0, 0], 0, "0.0.0.0:0"),
            ([192, 168, 100, 10], 1_000, "192.168.100.10:1000"),
        ] as [([UInt8], UInt16, String)])
    func writesFourBytesAndAPort(bytes: [UInt8], port: UInt16, text: String) {
        #expect(PeerAddress.text(address(CP_V4, bytes, port)) == text)
    }

    @Test func writesSixteenBytesInBrackets() {
        let bytes = [UInt8](repeating: 0, count: 15) + [1]
        #expect(PeerAddress.text(address(CP_V6, bytes, 51_822)) == "[::1]:51822")
    }

    @Test func callsAnythingElseUnix() {
        #expect(PeerAddress.text(address(CP_OTHER, [], 0)) == "unix")
    }

    private func address(_ kind: Int, _ bytes: [UInt8], _ port: UInt16) -> cp_address {
        var address = cp_address()
        address.kind = CInt(kind)
        address.port = port
        withUnsafeMutableBytes(of: &address.bytes) { $0.copyBytes(from: bytes) }
        return address
    }
}
