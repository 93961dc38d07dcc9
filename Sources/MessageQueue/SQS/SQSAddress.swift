internal import AWS

/// The address of a queue, as `MESSAGE_QUEUE_SQS_IOT_URL` gives it.
package struct SQSAddress: Equatable, Sendable {
    package let url: String
    /// Scheme, host and perhaps a port: where requests go.
    package let endpoint: String
    /// The region that the host names, if it is one of AWS's own.
    package let region: String?
    /// A first-in first-out queue keeps an order, and refuses what it has.
    package let isOrdered: Bool

    /// Nil for anything but `https://host[:port]/…/name`; plain HTTP is for this machine only.
    package init?(_ url: String) {
        let parts = url.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 4, parts[1].isEmpty, !parts[2].isEmpty, let name = parts.last, !name.isEmpty,
            url.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), !url.contains("?"), !url.contains("@")
        else { return nil }
        guard let address = WebAddress(url), address.isEncrypted || address.isLoopback else { return nil }
        self.url = url
        endpoint = "\(parts[0])//\(parts[2])"
        isOrdered = name.hasSuffix(".fifo")
        let labels = address.host.split(separator: ".")
        // sqs.eu-west-1.amazonaws.com, also with .cn at its end, and the older eu-west-1.queue.amazonaws.com.
        if labels.count >= 4, labels[0] == "sqs", labels[2] == "amazonaws" {
            region = String(labels[1])
        } else if labels.count >= 4, labels[1] == "queue", labels[2] == "amazonaws" {
            region = String(labels[0])
        } else {
            region = nil
        }
    }
}
