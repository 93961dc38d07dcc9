internal import AWS
internal import BrokerCore
import Crypto
import FoundationEssentials

/// The SQS call that stores up to ten messages, and its answer.
struct SendMessageBatch: Encodable {
    /// As AWS bounds them.
    static let mostEntries = 10
    static let mostBytes = 1 << 20

    struct Entry: Encodable {
        var Id: String
        var MessageBody: String
        var MessageAttributes: [String: Attribute]
        /// Of ordered queues: the worker, and the ingress key.
        var MessageGroupId: String?
        var MessageDeduplicationId: String?
    }

    struct Attribute: Encodable {
        var DataType = "String"
        var StringValue: String
    }

    var QueueUrl: String
    var Entries: [Entry]

    /// A consumer that wants each message once can tell a second copy by it.
    static let keyAttribute = "ingress_key"

    init(_ messages: ArraySlice<QueueMessage>, to address: SQSAddress) {
        QueueUrl = address.url
        Entries = messages.enumerated().map { number, message in
            let key = "\(message.key.epoch)/\(message.key.ticket)"
            return Entry(
                Id: String(number), MessageBody: String(decoding: message.body, as: UTF8.self),
                MessageAttributes: [SendMessageBatch.keyAttribute: Attribute(StringValue: key)],
                MessageGroupId: address.isOrdered ? message.worker.description : nil,
                // Letters, digits and punctuation are accepted there, a slash among them.
                MessageDeduplicationId: address.isOrdered ? key : nil)
        }
    }

    /// What a message counts against `mostBytes`: its body, and its attribute's name, type and value.
    static func bytes(of message: QueueMessage) -> Int {
        message.body.count + keyAttribute.utf8.count + 6 + message.key.epoch.utf8.count + 21
    }

    var call: AWSClient.Call {
        get throws {
            AWSClient.Call(target: "AmazonSQS.SendMessageBatch", body: Array(try JSONEncoder().encode(self)))
        }
    }

    struct Answer: Decodable {
        struct Stored: Decodable {
            var Id: String
            var MD5OfMessageBody: String?
        }

        struct Failed: Decodable {
            var Id: String
            var SenderFault: Bool?
            var Code: String?
        }

        var Successful: [Stored]?
        var Failed: [Failed]?
    }

    /// Which of `messages` the answer says are stored, by their place; one whose checksum is another is not.
    static func stored(_ answer: Answer, of messages: ArraySlice<QueueMessage>) -> Set<Int> {
        var places: Set<Int> = []
        for entry in answer.Successful ?? [] {
            guard let number = Int(entry.Id), (0..<messages.count).contains(number) else { continue }
            let place = messages.startIndex + number
            if let sum = entry.MD5OfMessageBody,
                sum != Hexadecimal.text(Insecure.MD5.hash(data: messages[place].body))
            {
                continue
            }
            places.insert(place)
        }
        return places
    }
}
