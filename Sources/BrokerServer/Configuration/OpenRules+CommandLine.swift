import BrokerCore
import MQTT

extension OpenRules {
    /// From the options of the command line, as they were given; `isOpen` says whether there is an open listener.
    package init(
        denySubscribe: [String], maxKeepAlive: String?, receiveMaximum: String?, isOpen: Bool
    ) throws(ConfigurationError) {
        var given = denySubscribe.map { (key: "--open-deny-subscribe", value: $0) }
        if let maxKeepAlive { given.append(("--open-max-keep-alive", maxKeepAlive)) }
        if let receiveMaximum { given.append(("--open-receive-maximum", receiveMaximum)) }
        if !isOpen, let first = given.first {
            throw ConfigurationError(
                key: first.key, value: first.value,
                accepted: "it is a rule of the open listener, and none is asked for; give --open as well")
        }
        self.init()
        for text in denySubscribe {
            guard let filter = TopicFilter(text) else {
                throw ConfigurationError(
                    key: "--open-deny-subscribe", value: text, accepted: "accepted is a topic filter of MQTT")
            }
            deniedFilters.append(filter.bytes)
        }
        maximumKeepAlive = try OpenRules.number(maxKeepAlive, of: "--open-max-keep-alive", "seconds")
        self.receiveMaximum = try OpenRules.number(receiveMaximum, of: "--open-receive-maximum", "messages")
    }

    private static func number(
        _ text: String?, of key: String, _ unit: String
    ) throws(ConfigurationError) -> UInt16? {
        guard let text else { return nil }
        guard (1...5).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }),
            let number = UInt16(text), number > 0
        else {
            throw ConfigurationError(key: key, value: text, accepted: "accepted are 1 to 65535 \(unit)")
        }
        return number
    }
}
