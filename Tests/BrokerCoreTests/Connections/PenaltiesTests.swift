import MQTT
import Testing

@testable import BrokerCore

/// Who fails again and again, as a table. [T-22]
@Suite struct PenaltiesTests {
    private let here = Source(address: [10, 0, 0, 1])
    private let there = Source(address: [10, 0, 0, 2])
    private var limits = Limits()

    init() {
        limits.failuresPerIdentity = 3
        limits.identities = 4
        limits.penalised = 2
    }

    private func moment(_ seconds: Double) -> Moment {
        Moment(nanoseconds: 1_000_000_000_000 + Int64(seconds * 1e9), wall: 0)
    }

    private func identity(_ name: String, _ certificate: String = "a", from source: Source? = nil) -> Penalties.Identity
    {
        guard
            let identity = Penalties.Identity(
                fingerprint: certificate, clientID: Array(name.utf8), source: source ?? here)
        else { preconditionFailure("a certificate and an address make an identity") }
        return identity
    }

    @Test func eachPenaltyIsTwiceTheLastUpToAMinute() {
        var penalties = Penalties(limits)
        let worker = identity("w")
        var seconds = 0.0
        var rests: [Int64] = []
        for _ in 0..<12 {
            penalties.failed(worker, at: moment(seconds))
            let rest = penalties.rest(of: worker, at: moment(seconds))
            rests.append(rest)
            seconds += Double(rest) / 1_000
            #expect(penalties.rest(of: worker, at: moment(seconds)) == 0, "it is heard when the time is over")
        }
        #expect(rests == [0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60].map { $0 * 1_000 })
    }

    /// [T-31] Another's certificate, another id and another address are another identity.
    @Test func nobodyPaysForAnother() {
        var penalties = Penalties(limits)
        for _ in 0..<100 { penalties.failed(identity("w"), at: moment(0)) }
        #expect(penalties.rest(of: identity("w"), at: moment(0)) == 1_000)
        let others = [identity("v"), identity("w", "b"), identity("w", from: there)]
        for other in others { #expect(penalties.rest(of: other, at: moment(0)) == 0) }
        #expect(Penalties.Identity(fingerprint: nil, clientID: [], source: here) == nil)
        #expect(Penalties.Identity(fingerprint: "a", clientID: [], source: nil) == nil)
    }

    /// However many it tries at once, it is heard again in a second.
    @Test func whatIsTriedMeanwhileChangesNothing() {
        var penalties = Penalties(limits)
        for step in 0..<1_000 { penalties.failed(identity("w"), at: moment(Double(step) / 1_000)) }
        #expect(penalties.rest(of: identity("w"), at: moment(0.999)) == 3)
        #expect(penalties.rest(of: identity("w"), at: moment(1.002)) == 0)
    }

    @Test func whoWasQuietForAMinuteIsForgiven() {
        var penalties = Penalties(limits)
        for _ in 0..<3 { penalties.failed(identity("w"), at: moment(0)) }
        // Quiet begins when the penalty is over.
        penalties.failed(identity("w"), at: moment(60.9))
        #expect(penalties.rest(of: identity("w"), at: moment(60.9)) == 2_000)
        for second in [122.9, 123.0] {
            penalties.failed(identity("w"), at: moment(second))
            #expect(penalties.rest(of: identity("w"), at: moment(second)) == 0)
        }
    }

    @Test func fewSocketsWaitAndOneOfAnIdentity() {
        var penalties = Penalties(limits)
        for name in ["a", "b", "c"] {
            for _ in 0..<3 { penalties.failed(identity(name), at: moment(0)) }
        }
        #expect(penalties.patience(for: identity("a"), at: moment(0)) == 1_000)
        #expect(penalties.patience(for: identity("a"), at: moment(0.5)) == 0)
        #expect(penalties.patience(for: identity("b"), at: moment(0.5)) == 500)
        #expect(penalties.patience(for: identity("c"), at: moment(0.5)) == 0, "two wait already")
        #expect(penalties.patience(for: identity("d"), at: moment(0.5)) == 0, "it may come in")
        penalties.failed(identity("c"), at: moment(1.1))
        #expect(penalties.patience(for: identity("c"), at: moment(1.1)) == 2_000)
    }

    @Test func nobodyWaitsForLongerThanAClientWould() {
        var penalties = Penalties(limits)
        var second = 0.0
        for _ in 0..<9 {
            penalties.failed(identity("w"), at: moment(second))
            second += Double(penalties.rest(of: identity("w"), at: moment(second))) / 1_000
        }
        penalties.failed(identity("w"), at: moment(second))
        #expect(penalties.rest(of: identity("w"), at: moment(second)) == 60_000)
        #expect(penalties.patience(for: identity("w"), at: moment(second)) == 5_000)
        #expect(penalties.patience(for: identity("w"), at: moment(second + 56)) == 4_000)
    }

    /// A flood of names costs a bounded memory, and frees nobody who is penalised.
    @Test func aFullTableForgetsNobodyBeforeHisTime() {
        var penalties = Penalties(limits)
        for _ in 0..<3 { penalties.failed(identity("w"), at: moment(0)) }
        for number in 0..<1_000 { penalties.failed(identity("\(number)"), at: moment(0.5)) }
        #expect(penalties.count == 4)
        #expect(penalties.rest(of: identity("w"), at: moment(0.5)) == 500)
        // A minute later there is room again.
        for _ in 0..<3 { penalties.failed(identity("v"), at: moment(62)) }
        #expect(penalties.count == 1)
        #expect(penalties.rest(of: identity("v"), at: moment(62)) == 1_000)
    }

    /// Names as long as a packet are kept as their beginnings.
    @Test func longNamesCostNoMoreThanShortOnes() {
        var penalties = Penalties(limits)
        let long = String(repeating: "x", count: 16_000)
        for number in 0..<3 { penalties.failed(identity(long + "\(number)"), at: moment(0)) }
        #expect(penalties.count == 1)
        #expect(penalties.rest(of: identity(long), at: moment(0)) == 1_000)
        #expect(penalties.rest(of: identity(String(long.prefix(63))), at: moment(0)) == 0)
    }
}
