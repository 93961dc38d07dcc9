import MQTT
import Testing

@testable import BrokerCore

/// The door, before anybody knows who stands there. [T-02, T-22, SD-7]
@Suite struct AdmissionTests {
    private let here = Source(address: [10, 0, 0, 1])
    private let there = Source(address: [10, 0, 0, 2])
    private var limits = Limits()

    init() {
        limits.strangers = 5
        limits.strangersPerSource = 3
        limits.failuresPerSource = 4
        limits.failuresPerSecond = 2
        limits.sources = 3
    }

    private func moment(_ seconds: Double) -> Moment {
        Moment(nanoseconds: 1_000_000_000_000 + Int64(seconds * 1e9), wall: 0)
    }

    /// [T-02]
    @Test func oneAddressHoldsABoundedNumberOfStrangersAndAllTogetherToo() {
        var door = Admission(limits)
        for _ in 0..<3 { #expect(door.verdict(on: here, at: moment(0)) == .enter) }
        #expect(door.verdict(on: here, at: moment(0)) == .refuse(.strangersOfSource))
        for _ in 0..<2 { #expect(door.verdict(on: there, at: moment(0)) == .enter) }
        #expect(door.verdict(on: there, at: moment(0)) == .refuse(.strangers))
        door.introduced(here, at: moment(0))
        #expect(door.verdict(on: there, at: moment(0)) == .enter)
        #expect(door.refused == [.strangersOfSource: 1, .strangers: 1])
    }

    /// [T-72] A storm of good workers behind one address is never held up.
    @Test func whoIsLetInCostsItsAddressNothing() {
        var door = Admission(limits)
        for _ in 0..<10_000 {
            #expect(door.verdict(on: here, at: moment(0)) == .enter)
            door.introduced(here, at: moment(0))
        }
        #expect(door.strangers == 0)
    }

    /// [T-72] More than can be heard at once wait outside: nobody is sent away, and nobody's deadline runs there.
    @Test func aStormIsLetInAsFastAsItIntroducesItself() {
        var limits = limits
        limits.strangersAtOnce = 2
        limits.introductions = 2
        var door = Admission(limits)
        // Nothing moves yet: there is room up to the bound.
        for _ in 0..<3 { #expect(door.verdict(on: here, at: moment(0)) == .enter) }
        for _ in 0..<2 { door.introduced(here, at: moment(0.01)) }
        #expect(door.verdict(on: here, at: moment(0.01)) == .enter)
        #expect(door.verdict(on: here, at: moment(0.01)) == .wait)
        #expect(door.verdict(on: here, at: moment(0.02)) == .wait)
        for step in 1...1_000 {
            door.introduced(here, at: moment(0.02 + Double(step) / 100))
            #expect(door.verdict(on: here, at: moment(0.02 + Double(step) / 100)) == .enter)
            #expect(door.verdict(on: here, at: moment(0.02 + Double(step) / 100)) == .wait)
        }
        #expect(door.strangers == 2)
        #expect(door.refused == [:])
    }

    /// [T-02, T-72] Who stands there in silence is not waited for: after a tenth of a second or two there is room beside
    /// him, up to the bound, and then the next of that address is sent away.
    @Test func theSilentAreWaitedForNoLongerThanTheirAddressMoves() {
        var limits = limits
        limits.strangersAtOnce = 2
        limits.introductions = 2
        var door = Admission(limits)
        for _ in 0..<3 { #expect(door.verdict(on: here, at: moment(0)) == .enter) }
        for _ in 0..<2 { door.introduced(here, at: moment(0)) }
        #expect(door.verdict(on: here, at: moment(0.05)) == .enter)
        #expect(door.verdict(on: here, at: moment(0.05)) == .wait)
        #expect(door.verdict(on: here, at: moment(0.19)) == .wait)
        #expect(door.verdict(on: here, at: moment(0.2)) == .enter)
        #expect(door.verdict(on: here, at: moment(0.2)) == .refuse(.strangersOfSource))
    }

    /// [T-02, T-72] A fleet that comes back moves; that is no reason to keep its door shut for the silent of elsewhere.
    @Test func theSilentOfOneAddressHoldUpNoOther() {
        var limits = limits
        limits.strangersAtOnce = 2
        limits.introductions = 2
        var door = Admission(limits)
        for _ in 0..<3 { #expect(door.verdict(on: here, at: moment(0)) == .enter) }
        for _ in 0..<10 {
            #expect(door.verdict(on: there, at: moment(0)) == .enter)
            door.introduced(there, at: moment(0))
            #expect(door.verdict(on: here, at: moment(0)) == .refuse(.strangersOfSource))
        }
    }

    /// A door at which `here` storms: two have introduced themselves, two are heard, and the next one waits.
    private func stormedDoor(waitingAtDoor: Int = 100) -> Admission {
        var limits = limits
        limits.strangersAtOnce = 2
        limits.introductions = 2
        limits.waitingAtDoor = waitingAtDoor
        var door = Admission(limits)
        for _ in 0..<3 { #expect(door.verdict(on: here, at: moment(0)) == .enter) }
        for _ in 0..<2 { door.introduced(here, at: moment(0)) }
        #expect(door.verdict(on: here, at: moment(0)) == .enter)
        return door
    }

    /// [T-72] One address storms; whoever comes from another is let in while it waits.
    @Test func theStormOfOneAddressKeepsNobodyElseWaiting() {
        var door = stormedDoor()
        for guest in 3...40 as ClosedRange<Int32> {
            #expect(door.verdict(on: here, as: guest, leaving: 100, at: moment(0.01)) == .wait)
        }
        #expect(door.verdict(on: there, as: 41, leaving: 100, at: moment(0.01)) == .enter)
        #expect(door.called(at: moment(0.02)) == [])
    }

    /// [T-72] In the order in which they came, as soon as there is room; nobody overtakes them.
    @Test func whoWaitsIsCalledOnceThereIsRoom() {
        var door = stormedDoor()
        for guest in 3...5 as ClosedRange<Int32> {
            #expect(door.verdict(on: here, as: guest, leaving: 100, at: moment(0.01)) == .wait)
        }
        door.introduced(here, at: moment(0.02))
        #expect(door.verdict(on: here, as: 6, leaving: 100, at: moment(0.02)) == .wait)
        #expect(door.called(at: moment(0.02)) == [.init(guest: 3, source: here, verdict: .enter)])
        #expect(door.called(at: moment(0.02)) == [])
        // He had gone by then.
        door.hungUp(here)
        #expect(door.called(at: moment(0.03)) == [.init(guest: 4, source: here, verdict: .enter)])
        #expect(door.strangers == 2 && door.refused == [:])
    }

    /// [T-02, T-72] Once it moves no longer nobody waits: there is room up to the bound, and the others are sent away.
    @Test func whoWaitsIsSentAwayWhenItsAddressFallsSilent() {
        var door = stormedDoor()
        for guest in 3...5 as ClosedRange<Int32> {
            #expect(door.verdict(on: here, as: guest, leaving: 100, at: moment(0.01)) == .wait)
        }
        #expect(
            door.called(at: moment(0.2)) == [
                .init(guest: 3, source: here, verdict: .enter),
                .init(guest: 4, source: here, verdict: .refuse(.strangersOfSource)),
                .init(guest: 5, source: here, verdict: .refuse(.strangersOfSource)),
            ])
        #expect(door.refused == [.strangersOfSource: 2])
    }

    /// [T-72] One address does not hold all of the room, nor all descriptors.
    @Test func whoFindsNoPlaceToWaitIsRefused() {
        var door = stormedDoor(waitingAtDoor: 4)
        #expect(door.verdict(on: here, as: 3, leaving: 1, at: moment(0.01)) == .wait)
        #expect(door.verdict(on: here, as: 4, leaving: 1, at: moment(0.01)) == .refuse(.waiting))
        #expect(door.verdict(on: here, as: 4, leaving: 100, at: moment(0.01)) == .wait)
        #expect(door.verdict(on: here, as: 5, leaving: 100, at: moment(0.01)) == .refuse(.waiting))
        #expect(door.refused == [.waiting: 2])
        #expect(door.verdict(on: there, as: 6, leaving: 100, at: moment(0.01)) == .enter)
    }

    /// [T-22]
    @Test func failuresSlowTheirAddressDownAndNoOther() {
        var door = Admission(limits)
        for _ in 0..<4 {
            #expect(door.verdict(on: here, at: moment(0)) == .enter)
            door.left(here, at: moment(0))
        }
        #expect(door.verdict(on: here, at: moment(0)) == .refuse(.failures))
        #expect(door.verdict(on: there, at: moment(0)) == .enter)
        door.introduced(there, at: moment(0))
        // Two a second are forgiven.
        for _ in 0..<2 {
            #expect(door.verdict(on: here, at: moment(0.6)) == .enter)
            door.left(here, at: moment(0.6))
        }
        #expect(door.verdict(on: here, at: moment(0.6)) == .refuse(.failures))
        for _ in 0..<3 { #expect(door.verdict(on: here, at: moment(60)) == .enter) }
    }

    /// [T-22] The table is bounded, and who overflows it is not let in unseen.
    @Test func addressesBeyondTheTableAreTreatedAsOne() {
        var limits = limits
        limits.strangers = 1_000
        var door = Admission(limits)
        let flood = (0..<100).map { Source(address: [10, 1, 0, UInt8($0)]) }
        let verdicts = flood.map { door.verdict(on: $0, at: moment(0)) }
        #expect(verdicts.count { $0 == .enter } == 6)
        #expect(verdicts.last == .refuse(.strangersOfSource))
        for source in flood.prefix(6) { door.left(source, at: moment(0)) }
        #expect(door.strangers == 0)
        // A second later those who have nothing to be forgiven are forgotten, and there is room.
        #expect(door.verdict(on: here, at: moment(5)) == .enter)
        #expect(door.verdict(on: there, at: moment(5)) == .enter)
    }

    /// [T-02] Whoever entered while the table was full leaves no trace when it has an entry of its own by then.
    @Test func whoLeavesIsCountedWhereItStands() {
        var limits = limits
        limits.strangersPerSource = 2
        var door = Admission(limits)
        let flood = (0..<3).map { Source(address: [10, 1, 0, $0]) }
        for source in flood { #expect(door.verdict(on: source, at: moment(0)) == .enter) }
        #expect(door.verdict(on: here, at: moment(0)) == .enter)
        for source in flood { door.left(source, at: moment(0)) }
        #expect(door.verdict(on: here, at: moment(5)) == .enter)
        for _ in 0..<2 { door.left(here, at: moment(5)) }
        #expect(door.strangers == 0)
    }

    @Test func anIPv6HostIsItsNetworkAndAnIPv4OneIsItselfHoweverItIsWritten() {
        let network: [UInt8] = [0x20, 1, 0xD, 0xB8, 0, 1, 0, 2]
        let one = network + [0, 0, 0, 0, 0, 0, 0, 1]
        let other = network + [9, 9, 9, 9, 9, 9, 9, 9]
        #expect(Source(address: one) == Source(address: other))
        #expect(Source(address: one) != Source(address: [0x20, 1, 0xD, 0xB8, 0, 1, 0, 3] + one.suffix(8)))
        let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 10, 0, 0, 1]
        #expect(Source(address: mapped) == here && here != there)
    }

    /// [T-02] What the broker does with it: a stranger is one until CONNECT is accepted, or its socket is gone.
    @Test func theBrokerCountsStrangersFromAcceptToConnect() {
        var configuration = BrokerConfiguration()
        configuration.limits = limits
        let stage = Stage(configuration)
        let ids = (0..<3).map { _ in stage.knock(here) }
        #expect(ids.allSatisfy { $0 != nil })
        #expect(stage.knock(here) == nil)
        guard let first = ids[0], let second = ids[1] else { return }
        stage.send(.connect(Connect(clientID: clientID("a"))), from: first)
        #expect(stage.knock(here) != nil)
        #expect(stage.knock(here) == nil)
        stage.end(second)
        #expect(stage.knock(here) != nil)
    }
}

extension Stage {
    /// A socket from `source`; nil if it is refused.
    fileprivate func knock(_ source: Source) -> ConnectionID? {
        withBroker { broker, now in
            guard broker.verdict(on: source, as: 1, leaving: 1, at: now) == .enter else { return nil }
            return broker.accepted(
                Peer(listener: .open, principal: .open, address: "10.0.0.1:1", source: source, acceptedAt: now), at: now
            )
        }
    }
}
