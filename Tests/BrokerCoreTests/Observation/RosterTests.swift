import Testing

@testable import BrokerCore

@Suite struct RosterTests {
    @Test func forgetsWhoLeftLongAgo() {
        let scene = Scene()
        let client = scene.connect(1)
        scene.connect(2)
        scene.disconnect(client)
        scene.pass(seconds: 3_000)
        #expect(scene.observatory.roster.worker(named: client.id) === client)
        scene.connect(1)
        scene.disconnect(client)
        scene.pass(seconds: 700)
        #expect(scene.observatory.roster.worker(named: client.id) === client, "it was here in between")
        scene.pass(seconds: 3_000)
        #expect(scene.observatory.roster.worker(named: client.id) == nil)
        #expect(scene.observatory.roster.records.count == 1)
        scene.observatory.note(.connected(client, resumed: true), at: scene.now)
        #expect(scene.observatory.roster.worker(named: client.id) == nil, "without a connection nothing is noted")
        scene.connect(1)
        #expect(scene.observatory.roster.records.count == 2)
    }

    @Test func keepsNoMoreThanItsBoundOfThoseThatAreGone() {
        let scene = Scene()
        for place in 0..<ObservationLimits.departed + 500 {
            scene.disconnect(scene.connect(.open, Array("c\(place)".utf8)))
        }
        #expect(scene.observatory.roster.records.count <= ObservationLimits.departed + 1)
    }

    @Test func keepsEqualClientIDsOfDifferentPrincipalsApart() {
        let scene = Scene()
        let id = Array("same".utf8)
        let open = scene.observatory.client(of: .open, clientID: id)
        #expect(scene.observatory.client(of: .backend(name: "x"), clientID: id) !== open)
        #expect(scene.observatory.client(of: .open, clientID: id) === open)
        #expect(
            scene.observatory.client(of: .worker(pool: Scene.eu), clientID: id)
                !== scene.observatory.client(of: .worker(pool: Scene.us), clientID: id))
    }
}
