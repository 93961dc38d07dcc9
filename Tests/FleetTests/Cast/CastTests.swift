import BrokerCore
import Testing

@testable import Fleet

struct CastTests {
    @Test func followsFromItsSeedAlone() {
        #expect(Cast(seed: 7) == Cast(seed: 7))
        #expect(Cast(seed: 7) != Cast(seed: 8))
    }

    @Test func hasFourPoolsOfTheUsualSizes() {
        let cast = Cast(seed: 1)
        #expect(cast.pools.map(\.name) == ["eu-terraform", "eu-ansible", "shared-k8s", "us-tofu"])
        // The last has the clone of one of its workers besides.
        #expect(cast.pools.map(\.workers.count) == [38, 12, 180, 63])
    }

    @Test(arguments: [1, 4, 10, 100, 5_000]) func scalesToTheNumberAskedFor(_ workers: Int) {
        let cast = Cast(seed: 3, workers: workers)
        #expect(cast.workers.count { $0.part != .rival } == max(4, workers))
        #expect(Set(cast.workers.filter { $0.part != .rival }.map(\.worker)).count == max(4, workers))
    }

    @Test func bringsThoseInTroubleFirst() {
        let order = Cast(seed: 1).inOrderOfAppearance
        #expect(order.count == Cast(seed: 1).workers.count)
        let troubled = order.prefix(5).map(\.part)
        #expect(troubled.contains(.flapping))
        #expect(troubled.contains(.stuck(curable: true)))
        #expect(troubled.contains(.stuck(curable: false)))
        #expect(order.last?.part == .rival)
    }

    @Test func letsTheRivalClaimAnothersName() throws {
        let cast = Cast(seed: 1)
        let rival = try #require(cast.workers.first { $0.part == .rival })
        #expect(cast.workers.count { $0.worker == rival.worker && $0.pool == rival.pool } == 2)
    }

    @Test func drainsOnePoolAndLetsSomeSpeakTheOldProtocol() {
        let cast = Cast(seed: 1)
        #expect(cast.pools[1].workers.allSatisfy { $0.drained })
        #expect((5...60).contains(cast.workers.count { $0.speaksOld }))
        #expect(Set(cast.workers.map(\.version)).count > 3)
    }
}
