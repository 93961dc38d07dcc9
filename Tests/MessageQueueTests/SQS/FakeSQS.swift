import Foundation
import HTTPSupport
import NIOConcurrencyHelpers

/// As much of SQS as a sender meets: it stores, and fails in the way the test asked for.
final class FakeSQS: Sendable {
    enum Fault: Sendable, Equatable {
        /// Everything is stored and the connection closed without an answer.
        case dropAfterStoring
        /// The connection is closed and nothing stored.
        case dropBeforeStoring
        case throttle
        case internalError
        /// The entries at these places of the request fail by the service's fault, the others are stored.
        case fail(Set<Int>)
        /// The entries whose body holds this fail by the sender's fault.
        case refuse(String)
        case wrongChecksum
    }

    struct Stored: Equatable, Sendable {
        var body: String
        var key: String
        var group: String?
    }

    private struct State {
        var stored: [Stored] = []
        var requests: [Int] = []
        var faults: [Fault] = []
        var looks = 0
        var ignoresLooks = false
    }

    private let state = NIOLockedValueBox(State())
    private let server: FakeHTTPServer

    var stored: [Stored] { state.withLockedValue { $0.stored } }
    /// The entries of each request so far.
    var requests: [Int] { state.withLockedValue { $0.requests } }
    var url: String { server.url + "/123456789012/iot" }

    init() throws {
        let state = state
        server = try FakeHTTPServer { FakeSQS.reply(to: $0, state) }
    }

    /// How often it was asked for the depth.
    var looks: Int { state.withLockedValue { $0.looks } }

    /// Whoever asks for the depth from now on waits for ever.
    func ignoreLooks() {
        state.withLockedValue { $0.ignoresLooks = true }
    }

    /// The next requests meet these, one each; those after them none.
    func meet(_ faults: [Fault]) {
        state.withLockedValue { $0.faults = faults }
    }

    func stop() {
        server.stop()
    }

    private static func reply(
        to request: FakeHTTPServer.Request, _ state: NIOLockedValueBox<State>
    ) -> FakeHTTPServer.Reply {
        guard let json = try? JSONSerialization.jsonObject(with: Data(request.body)) as? [String: Any] else {
            return .answer(status: 400, body: #"{"__type":"com.amazon.coral.service#SerializationException"}"#)
        }
        guard request.headers["x-amz-target"] == "AmazonSQS.SendMessageBatch" else {
            let (count, isIgnored) = state.withLockedValue { state in
                state.looks += 1
                return (state.stored.count, state.ignoresLooks)
            }
            if isIgnored { return .silence }
            return .answer(
                status: 200,
                body: """
                    {"Attributes":{"ApproximateNumberOfMessages":"\(count)","ApproximateNumberOfMessagesNotVisible":"2"}}
                    """)
        }
        let entries = json["Entries"] as? [[String: Any]] ?? []
        return state.withLockedValue { state in
            state.requests.append(entries.count)
            let fault = state.faults.isEmpty ? nil : state.faults.removeFirst()
            switch fault {
            case .dropBeforeStoring: return .drop
            case .throttle: return .answer(status: 400, body: #"{"__type":"com.amazonaws.sqs#RequestThrottled"}"#)
            case .internalError: return .answer(status: 500, body: #"{"__type":"InternalFailure"}"#)
            default: break
            }
            var good: [String] = []
            var bad: [String] = []
            for (place, entry) in entries.enumerated() {
                let id = entry["Id"] as? String ?? ""
                let body = entry["MessageBody"] as? String ?? ""
                if case .fail(let places)? = fault, places.contains(place) {
                    bad.append(#"{"Id":"\#(id)","SenderFault":false,"Code":"InternalError","Message":"no"}"#)
                } else if case .refuse(let text)? = fault, body.contains(text) {
                    bad.append(#"{"Id":"\#(id)","SenderFault":true,"Code":"InvalidMessageContents","Message":"no"}"#)
                } else {
                    let attributes = entry["MessageAttributes"] as? [String: [String: String]] ?? [:]
                    state.stored.append(
                        Stored(
                            body: body, key: attributes["ingress_key"]?["StringValue"] ?? "",
                            group: entry["MessageGroupId"] as? String))
                    let sum = fault == .wrongChecksum ? #","MD5OfMessageBody":"00""# : ""
                    good.append(#"{"Id":"\#(id)","MessageId":"m"\#(sum)}"#)
                }
            }
            if fault == .dropAfterStoring { return .drop }
            return .answer(
                status: 200,
                body: #"{"Successful":[\#(good.joined(separator: ","))],"Failed":[\#(bad.joined(separator: ","))]}"#)
        }
    }
}
