/// The names under which the admin topic is reached. [admin-topic]
///
/// None of them is in the subscription tree: no fan-out, retain, will, share or queue.
package enum AdminTopic {
    /// To the broker: requests, QoS 1.
    package static let request = "$CONTROL/broker/v1"
    /// To the requesting connection only: answers.
    package static let response = "$CONTROL/broker/v1/response"
    /// To the watching connection only: snapshots, deltas, outcomes.
    package static let stream = "$CONTROL/broker/v1/stream"
    /// A Response Topic of the caller's own must begin with this.
    package static let responsePrefix = "$CONTROL/broker/v1/response/"
}
