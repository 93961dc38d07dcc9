import Crypto
import FoundationEssentials
import Ledger

extension StoreContents {
    /// Takes a row for what its bytes say, by what is documented of a body and by nothing else.
    mutating func add(row: Int, key: String, body: [UInt8]) {
        guard let json = Data(base64Encoded: Data(body)), let parts = StoredBody(json: Array(json)) else {
            return foreign.append("row \(row) is not base64 of an object with its worker: \(StoreContents.cut(body))")
        }
        let payload: [UInt8]
        switch parts.payload {
        case .object(let bytes): payload = bytes
        case .base64(let text):
            guard let bytes = Data(base64Encoded: Data(text)) else {
                return foreign.append("row \(row) carries what is not base64")
            }
            payload = Array(bytes)
        }
        guard payload != Array(LedgerWorker.will.utf8) else {
            return foreign.append("row \(row) reports \(parts.worker) dead, which it never was")
        }
        guard let id = StoredBody.Payload.id(in: payload) else {
            return foreign.append("row \(row) holds no message of a worker's: \(StoreContents.cut(payload))")
        }
        messages.append(
            StoredMessage(
                pool: parts.pool, worker: parts.worker, id: id, digest: Digest.of(payload), key: key))
    }

    private static func cut(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.prefix(80).map { (32..<127).contains($0) ? $0 : 63 }, as: UTF8.self)
    }
}

/// SHA-256 in hexadecimal digits.
enum Digest {
    static func of(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(64)
        for byte in SHA256.hash(data: bytes) {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static let digits = Array("0123456789abcdef".utf8)
}
