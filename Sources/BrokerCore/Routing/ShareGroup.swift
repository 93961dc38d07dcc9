import MQTT

/// The members of one shared subscription: each message goes to one of them.
final class ShareGroup {
    let name: [UInt8]
    var members: [SubscriptionEntry] = []
    private var turn = 0

    init(name: [UInt8]) {
        self.name = name
    }

    /// The next in turn that is connected; or, for a message that is worth waiting, one that will come back.
    func next(qos: QoS) -> SubscriptionEntry? {
        var absent: SubscriptionEntry?
        for step in 0..<members.count {
            let place = (turn + step) % members.count
            let member = members[place]
            if let connection = member.session.connection, !connection.isStalled {
                turn = place + 1
                return member
            }
            if absent == nil { absent = member }
        }
        guard let absent else { return nil }
        turn &+= 1
        return min(qos, absent.qos) > .atMostOnce || absent.session.connection != nil ? absent : nil
    }
}
