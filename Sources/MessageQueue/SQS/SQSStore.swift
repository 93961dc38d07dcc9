package import AWS
internal import BrokerCore
import FoundationEssentials
import NIOCore

/// The queue in SQS: batches of up to ten, several on their way at once, each message acknowledged by itself.
///
/// A worker's messages leave in one lane and in their order; a standard queue promises none beyond that. What was
/// stored although its answer was lost is sent again: a consumer can tell by the `ingress_key` attribute, an ordered
/// queue does by itself. [T-53] [T-60]
package final class SQSStore: MessageStore {
    /// Requests on their way at once: more would not be answered sooner.
    private static let lanes = 8
    /// Between two looks at the queue's depth, in milliseconds; it is asked over the network and costs money.
    private static let lookEvery: Int64 = 15_000
    /// More is no number of messages, whatever the service says.
    private static let deepest: Int64 = 1 << 40

    private let address: SQSAddress
    private let client: AWSClient
    /// Of whoever looks, on a thread of its own: an answer that does not come holds up no commit.
    private let observer: AWSClient
    private let transport: HTTPTransport
    /// Messages that SQS will not have are kept here, for it has no other place for them. [T-55]
    private let cemetery: SQLiteStore
    /// Of messages whose batch is still to be tried again: those that are safe already.
    private var stored: Set<QueueMessage.IngressKey> = []
    /// Whether the file of dead letters is to be opened anew.
    private var isCemeteryBroken = false
    private var known: StoreContents?
    private var nextLook: Int64 = .min
    /// Whether the transport is stopped: nobody begins a look after that.
    private let isClosed = Doorbell(false)

    package init(
        _ address: SQSAddress, configuration: AWSConfiguration, transport: HTTPTransport, cemetery: SQLiteStore,
        readFile: @escaping (String) -> [UInt8]?, now: @escaping () -> Int64
    ) {
        self.address = address
        self.transport = transport
        self.cemetery = cemetery
        func client() -> AWSClient {
            AWSClient(
                endpoint: address.endpoint, service: "sqs", configuration: configuration, transport: transport,
                readFile: readFile, now: now)
        }
        (self.client, observer) = (client(), client())
    }

    package func append(_ messages: [QueueMessage]) throws(StoreError) {
        let missing = messages.filter { !stored.contains($0.key) }
        var lanes: [[QueueMessage]] = Array(repeating: [], count: SQSStore.lanes)
        for message in missing {
            lanes[SQSStore.lane(of: message.worker)].append(message)
        }
        let batches = lanes.map { SQSStore.batches($0, isOrdered: address.isOrdered) }
        var trouble: AWSFailure?
        // Each round sends the next batch of every lane; a lane with a failure stands still, so that nothing overtakes.
        var standing: Set<Int> = []
        for round in 0..<(batches.map(\.count).max() ?? 0) {
            let going = batches.indices.filter { round < batches[$0].count && !standing.contains($0) }
            let answers = send(going.map { batches[$0][round] })
            for (lane, answer) in zip(going, answers) {
                guard let failure = settle(batches[lane][round], answer) else { continue }
                standing.insert(lane)
                trouble = SQSStore.graver(trouble, failure)
            }
        }
        guard trouble == nil else { throw SQSStore.error(trouble) }
        for message in messages { stored.remove(message.key) }
    }

    package func bury(_ message: QueueMessage, reason: String) throws(StoreError) {
        do throws(StoreError) {
            try cemetery.bury(message, reason: reason)
        } catch {
            isCemeteryBroken = error.isOfTheConnection
            throw error
        }
    }

    /// Connections are the client's business; the file of dead letters is opened anew if it was the one that failed.
    package func reopen() throws(StoreError) {
        guard isCemeteryBroken else { return }
        try cemetery.reopen()
        isCemeteryBroken = false
    }

    package func settle() {
        cemetery.settle()
    }

    /// What SQS says about it: approximate, some seconds old, without the age of the oldest.
    package func contents(at now: Int64) throws(StoreError) -> StoreContents {
        if now >= nextLook {
            nextLook = now + SQSStore.lookEvery
            known = (try? attributes()).map { StoreContents(depth: $0) }
        }
        // The right to look may be missing where the right to send is given.
        guard var contents = known else { throw .unavailable("the depth of \(address.url) is not known") }
        let buried = try cemetery.contents(at: now)
        (contents.deadLetters, contents.warning) = (buried.deadLetters, buried.warning)
        return contents
    }

    package func close() {
        isClosed.withState { $0 = true }
        // Whoever waits for an answer is told that there will be none.
        transport.stop()
        cemetery.close()
    }

    private func send(_ batches: [[QueueMessage]]) -> [EventLoopFuture<HTTPTransport.Answer>] {
        do {
            return client.send(try batches.map { try SendMessageBatch($0[...], to: address).call })
        } catch {
            return batches.map { _ in transport.loop.makeFailedFuture(error) }
        }
    }

    /// Waits for an answer and remembers what is stored; the failure of what is not.
    private func settle(_ batch: [QueueMessage], _ future: EventLoopFuture<HTTPTransport.Answer>) -> AWSFailure? {
        let body: [UInt8]
        do {
            body = try client.result(of: future.wait()).get()
        } catch let failure as AWSFailure {
            // A queue that is not there or not ours is no fault of a message: somebody mends it, and it is stored then.
            return AWSFailure(.unavailable, failure.description)
        } catch {
            return AWSFailure(.unavailable, "\(error)")
        }
        guard let answer = try? JSONDecoder().decode(SendMessageBatch.Answer.self, from: Data(body)) else {
            return AWSFailure(.unavailable, "\(address.endpoint) answered with something that is not JSON of SQS")
        }
        let places = SendMessageBatch.stored(answer, of: batch[...])
        for place in places { stored.insert(batch[place].key) }
        guard places.count < batch.count else { return nil }
        let failed = answer.Failed ?? []
        let isRefused = failed.contains { $0.SenderFault == true && !AWSClient.isThrottling($0.Code ?? "") }
        return AWSFailure(
            isRefused ? .refused : .unavailable,
            "\(address.endpoint) did not store \(batch.count - places.count) of \(batch.count) messages: "
                + (failed.first?.Code.map { String($0.prefix(80)) } ?? "no reason given"))
    }

    private struct Attributes: Decodable {
        var Attributes: [String: String]
    }

    private func attributes() throws -> Int64 {
        let names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        struct Ask: Encodable {
            var QueueUrl: String
            var AttributeNames: [String]
        }
        let body = try JSONEncoder().encode(Ask(QueueUrl: address.url, AttributeNames: names))
        let call = AWSClient.Call(target: "AmazonSQS.GetQueueAttributes", body: Array(body))
        let asked = try isClosed.withState { isClosed in
            guard !isClosed else { throw AWSFailure(.unavailable, "the client of \(address.url) is closed") }
            return observer.send(call)
        }
        let answer = try observer.result(of: asked.wait()).get()
        let values = try JSONDecoder().decode(Attributes.self, from: Data(answer)).Attributes
        return names.reduce(0) { $0 + min(max(0, Int64(values[$1] ?? "") ?? 0), SQSStore.deepest) }
    }

    /// One worker, one lane. Any hash serves; this one is the same in every process.
    private static func lane(of worker: ULID) -> Int {
        Int(worker.description.utf8.reduce(0x811C_9DC5 as UInt32) { ($0 ^ UInt32($1)) &* 0x0100_0193 } % UInt32(lanes))
    }

    /// Cuts a lane into requests. An ordered queue gets one message of a worker at a time: if one of two in a request
    /// failed, the other would overtake it.
    private static func batches(_ messages: [QueueMessage], isOrdered: Bool) -> [[QueueMessage]] {
        var batches: [[QueueMessage]] = []
        var batch: [QueueMessage] = []
        var bytes = 0
        for message in messages {
            let size = SendMessageBatch.bytes(of: message)
            let isFull =
                batch.count == SendMessageBatch.mostEntries || bytes + size > SendMessageBatch.mostBytes
                || (isOrdered && batch.contains { $0.worker == message.worker })
            if isFull, !batch.isEmpty {
                batches.append(batch)
                batch = []
                bytes = 0
            }
            batch.append(message)
            bytes += size
        }
        return batch.isEmpty ? batches : batches + [batch]
    }

    /// A refusal is told only when nothing else is wrong: what is merely away will be back.
    private static func graver(_ one: AWSFailure?, _ other: AWSFailure) -> AWSFailure {
        guard let one, one.kind != .refused else { return other }
        return one
    }

    private static func error(_ failure: AWSFailure?) -> StoreError {
        guard let failure else { return .unavailable("unknown") }
        return failure.kind == .refused ? .refused(failure.description) : .unavailable(failure.description)
    }
}
