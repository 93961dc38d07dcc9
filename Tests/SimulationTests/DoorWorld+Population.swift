import AdminProtocol
import BrokerCore
import MQTT

extension DoorWorld {
    static let pool = ulid(1)
    static let otherPool = ulid(2)

    /// Who shares an address, a certificate or an id with whom is what this is about.
    func populate() {
        let (house, yard) = (Place.v4([10, 0, 0, 1]), Place.v4([10, 0, 0, 2]))
        let houses = [
            house, Place.v4([10, 0, 0, 1], isMapped: true), Place.v6(network: 1, host: 1),
            Place.v6(network: 1, host: 2),
        ]
        for number in 0..<12 {
            visitors.append(worker("good \(number)", .good, number, from: houses[number % 4]))
        }
        // Beside the good ones, with the same papers.
        for number in 12..<16 { visitors.append(worker("clumsy \(number)", .clumsy, number, from: houses[number % 4])) }
        // With the same id from elsewhere, and with the same id from the same place under other papers.
        visitors.append(worker("thief elsewhere", .thief, 0, from: yard))
        visitors.append(worker("thief in the network", .thief, 2, from: Place.v6(network: 2, host: 1)))
        visitors.append(worker("thief next door", .thief, 1, from: house, pool: Self.otherPool))
        for (name, fingerprint) in [("revoked", "revoked"), ("nameless", nil)] {
            for place in [house, yard, Place.v6(network: 1, host: 9)] {
                visitors.append(
                    Visitor(
                        "\(name) at \(place.address)", .unrecognised, from: place, .worker(pool: Self.pool),
                        fingerprint: fingerprint, clientID: clientID("?"), most: 2))
            }
        }
        for place in [house, yard, Place.v6(network: 2, host: 2)] {
            visitors.append(
                Visitor(
                    "silent at \(place.address)", .dumb, from: place, .worker(pool: Self.pool), fingerprint: "aa",
                    clientID: clientID("?"), most: 12))
        }
        for number in 0..<8 {
            let place = Place.v4([10, 9, 0, UInt8(number)])
            visitors.append(
                Visitor(
                    "passer-by \(number)", .dumb, from: place, .worker(pool: Self.pool), fingerprint: "aa",
                    clientID: clientID("?"), most: 2))
        }
        // Whoever proves nothing, and whoever is needed when nobody else gets in, fail as they like.
        visitors.append(
            Visitor(
                "open", .clumsy, from: Place.v4([127, 0, 0, 1]), .open, fingerprint: nil, clientID: clientID("open"),
                listener: .open))
        visitors.append(
            Visitor(
                "operator", .clumsy, from: .unix, .admin(name: "ada", role: .operator), fingerprint: "ada",
                clientID: clientID("console"), listener: .adminSocket))
    }

    private func worker(
        _ name: String, _ manner: Visitor.Manner, _ number: Int, from place: Place, pool: ULID = DoorWorld.pool
    ) -> Visitor {
        Visitor(
            name, manner, from: place, .worker(pool: pool), fingerprint: "papers of \(pool)",
            clientID: clientID("\(Self.ulid(UInt64(100 + number)))"),
            version: number % 3 == 2 ? .v311 : .v5)
    }
}
