import BrokerCore
import Testing

@testable import Fleet

struct WorkerBehaviourTests {
    @Test func connectsRegistersAndIsReady() {
        var story = Story()
        #expect(story.happens(.woken) == ["connect"])
        #expect(story.happens(.connected) == ["subscribe", "registration", "worker_ready"])
    }

    @Test func beatsAboutEveryTenSecondsWhileIdle() {
        var story = Story()
        _ = story.begins()
        let told = story.passes(100_000)
        #expect(Set(told) == ["heartbeat"])
        #expect((9...11).contains(told.count))
    }

    @Test func worksARunFromAssignmentToCompletion() throws {
        var story = Story(seed: 4)
        _ = story.begins()
        #expect(story.happens(.ordered(.assign(run: Story.run, attempt: 1))) == ["run_progress"])
        // A second order of the same run is nothing new.
        #expect(story.happens(.ordered(.assign(run: Story.run, attempt: 2))) == [])
        let told = story.passes(50_000).filter { $0 != "heartbeat" }
        let end = try #require(told.firstIndex { $0.hasPrefix("run_complete") })
        #expect(told[..<end].allSatisfy { $0 == "run_progress" } && end >= 4)
        #expect(Array(told[end...].dropFirst()) == ["worker_ready"])
    }

    @Test func stopsARunWhenTold() {
        var story = Story()
        _ = story.begins()
        _ = story.happens(.ordered(.assign(run: Story.run, attempt: 1)))
        #expect(story.happens(.ordered(.stop(run: Story.otherPool))) == [])
        #expect(story.happens(.ordered(.stop(run: Story.run))) == ["run_complete STOPPED", "worker_ready"])
        #expect(story.happens(.ordered(.stop(run: Story.run))) == [])
    }

    @Test func takesNoWorkWhenDrained() {
        var story = Story(drained: true)
        #expect(story.begins() == ["subscribe", "registration"])
        #expect(story.happens(.ordered(.assign(run: Story.run, attempt: 1))) == [])
    }

    @Test func comesBackSoonAfterLosingItsConnection() {
        var story = Story()
        _ = story.begins()
        #expect(story.happens(.disconnected) == [])
        #expect(story.passes(899) == [])
        #expect(story.passes(801) == ["connect"])
    }

    @Test func waitsLongerAfterEachAttemptThatFails() {
        var story = Story()
        _ = story.happens(.woken)
        var waits: [Int64] = []
        for _ in 0..<8 {
            _ = story.happens(.disconnected)
            waits.append(story.worker.wakesAt?.milliseconds(since: story.now) ?? -1)
            #expect(story.passes(20_000) == ["connect"])
        }
        #expect((500...1_000).contains(waits[0]))
        #expect((1_000...2_000).contains(waits[1]))
        #expect(waits.suffix(3).allSatisfy { (8_000...16_000).contains($0) })
    }

    @Test func breaksItsConnectionAgainAndAgainWhenFlapping() {
        var story = Story(.flapping)
        var connections = 0
        for _ in 0..<6 {
            _ = story.passes(1_000)
            if !story.happens(.connected).isEmpty { connections += 1 }
            #expect(story.passes(5_100).contains("drop"))
            _ = story.happens(.disconnected)
        }
        #expect(connections == 6)
    }

    @Test func hangsAfterTakingARunAndIsCuredByAKick() {
        var story = Story(.stuck(curable: true))
        #expect(story.begins() == ["subscribe", "registration", "worker_ready"])
        #expect(story.happens(.ordered(.assign(run: Story.run, attempt: 1))) == ["hold acknowledgements"])
        #expect(story.happens(.ordered(.assign(run: Story.run, attempt: 2))) == [])
        #expect(story.passes(600_000) == [])
        _ = story.happens(.disconnected)
        #expect(story.passes(1_299) == [])
        #expect(story.passes(1) == ["connect"])
        _ = story.happens(.connected)
        #expect(story.happens(.ordered(.assign(run: Story.run, attempt: 3))) == ["run_progress"])
    }

    @Test func hangsAgainAfterAKickThatCuresNothing() {
        var story = Story(.stuck(curable: false))
        for _ in 0..<3 {
            _ = story.passes(1_300)
            _ = story.happens(.connected)
            #expect(story.happens(.ordered(.assign(run: Story.run, attempt: 1))) == ["hold acknowledgements"])
            _ = story.happens(.disconnected)
        }
    }

    @Test func asksForAnotherPoolsTopicEveryTenSeconds() {
        var story = Story(.trespassing(on: Story.otherPool))
        _ = story.begins()
        let told = story.passes(30_500).filter { $0 != "heartbeat" }
        let wanted = "subscribe spacelift/readonly/\(Story.otherPool)/\(story.worker.profile.worker)"
        #expect(told == [wanted, wanted, wanted, wanted])
    }

    @Test func publishesIntoAnotherPoolNowAndThen() {
        var story = Story(.misdirected(to: Story.otherPool), speaksOld: true)
        _ = story.begins()
        let wanted = "spacelift/writeonly/\(Story.otherPool)/\(story.worker.profile.worker) heartbeat"
        #expect(story.passes(3_000).contains(wanted))
        // The broker cuts it off; it must not come back so often that it passes for flapping.
        _ = story.happens(.disconnected)
        _ = story.passes(1_700)
        _ = story.happens(.connected)
        #expect(!story.passes(100_000).contains(wanted))
        #expect(story.passes(15_000).contains(wanted))
    }

    @Test func fightsForAnothersIdThreeTimesAndRests() {
        var story = Story(.rival)
        #expect(story.begins() == ["subscribe"])
        var waits: [Int64] = []
        for _ in 0..<3 {
            _ = story.happens(.disconnected)
            waits.append(story.worker.wakesAt?.milliseconds(since: story.now) ?? -1)
            _ = story.passes(110_000)
            _ = story.happens(.connected)
        }
        #expect(waits[0] == 1_500 && waits[1] == 1_500)
        #expect((70_000...110_000).contains(waits[2]))
    }

    @Test(arguments: 0..<40) func leadsTheSameLifeFromTheSameSeed(_ seed: Int) {
        func life() -> [String] {
            var story = Story(seed: UInt64(seed))
            var told = story.begins()
            for _ in 0..<20 {
                told += story.happens(.ordered(.assign(run: Story.run, attempt: 1)))
                told += story.passes(7_000)
            }
            return told
        }
        #expect(life() == life())
    }

    @Test(arguments: 0..<40) func standsAnythingAtAnyTime(_ seed: Int) {
        var dice = Dice(seed: UInt64(seed))
        let parts: [Part] = [
            .healthy, .flapping, .stuck(curable: true), .stuck(curable: false), .trespassing(on: Story.otherPool),
            .misdirected(to: Story.otherPool), .rival,
        ]
        var story = Story(parts[seed % parts.count], seed: UInt64(seed))
        for _ in 0..<300 {
            let events: [WorkerBehaviour.Event] = [
                .connected, .disconnected, .woken, .ordered(.assign(run: Story.run, attempt: 1)),
                .ordered(.stop(run: Story.run)),
            ]
            _ = story.happens(events[Int.random(in: 0..<events.count, using: &dice)])
            _ = story.passes(Int64.random(in: 0...3_000, using: &dice))
            // It always wants something: to be woken, an answer to its connect, or an order.
            #expect(story.worker.wakesAt.map { $0.nanoseconds > 0 } ?? true)
        }
    }
}
