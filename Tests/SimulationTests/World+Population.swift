import BrokerCore
import MQTT

extension World {
    /// Two pools of workers, the platform, and a few on the open listener, one of whom hears everything.
    func populate() {
        let pools = [Self.ulid(1), Self.ulid(2)]
        broker.poolsChanged([pools[0]: "eu", pools[1]: "us"], at: now)
        var written: [TopicName] = []
        // Some share an address, and others a network.
        let (house, yard) = (Place.v4([10, 0, 0, 1]), Place.v4([10, 0, 0, 2]))
        let places = [house, yard, house, Place.v6(network: 1, host: 1), Place.v6(network: 1, host: 2)]
        for number in 0..<5 {
            let pool = pools[number % 2]
            let worker = Self.ulid(UInt64(100 + number))
            let own = topic("\(namespace)/writeonly/\(pool)/\(worker)")
            let read = "\(namespace)/readonly/\(pool)/\(worker)"
            written.append(topic(read))
            let other = Self.ulid(UInt64(100 + (number + 1) % 5))
            clients.append(
                SimulatedClient(
                    id: clientID("\(worker)"), principal: .worker(pool: pool), version: number < 3 ? .v5 : .v311,
                    from: places[number],
                    topics: [own], filters: [filter(read)],
                    foreign: (
                        topic("\(namespace)/writeonly/\(pool)/\(other)"),
                        filter("\(namespace)/readonly/\(pools[(number + 1) % 2])/\(worker)")
                    )))
        }
        clients.append(
            SimulatedClient(
                id: clientID("platform"), principal: .backend(name: "platform"), version: .v5, from: yard,
                topics: written, filters: [filter("\(namespace)/writeonly/#"), filter("\(namespace)/writeonly/+/+")],
                foreign: (topic("\(namespace)/writeonly/x"), filter("\(namespace)/readonly/#"))))
        for number in 0..<4 {
            clients.append(
                SimulatedClient(
                    id: clientID("open-\(number)"), principal: .open, version: number % 2 == 0 ? .v5 : .v311,
                    from: Place.v4([127, 0, 0, 1]),
                    topics: ["a", "a/b", "a/b/c", "b", "/b", "kept/a", "kept/b"].map(topic),
                    filters: [
                        "a", "a/#", "a/+", "+", "+/+", "#", "b", "/b", "kept/#", "will/+", "$share/g/a/#",
                        "$share/h/#",
                    ].map(filter),
                    foreign: (topic("$CONTROL/broker/v1"), filter("$CONTROL/#"))))
        }
        populateShare()
    }

    /// Three who share what comes to them, and nothing else.
    private func populateShare() {
        for number in 0..<3 {
            clients.append(
                SimulatedClient(
                    id: clientID("share-\(number)"), principal: .open, version: number == 2 ? .v311 : .v5,
                    from: Place.v4([127, 0, 0, 1]), topics: ["shared/a", "shared/b"].map(topic),
                    filters: [filter("$share/s/shared/#")]))
        }
    }

    /// Those who may get what a share gets.
    var sharers: [SimulatedClient] { clients.filter { $0.filters.allSatisfy(\.isShared) } }

}
