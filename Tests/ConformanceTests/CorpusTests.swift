import Testing
import TestSupport

/// The packet corpus, played to the broker: bytes in, bytes or an end out, for both versions.
struct CorpusTests {
    @Test func theCorpusIsLargeAndEveryCaseSaysHowItEnds() throws {
        #expect(PacketCase.files.count == 9)
        var names = Set<String>()
        var count = 0
        for file in PacketCase.files {
            for one in try PacketCase.all(of: file) {
                count += 1
                names.insert(one.name)
                let hasEnd = one.steps.dropFirst(one.preamble).contains {
                    if case .state = $0.step { true } else { false }
                }
                #expect(hasEnd, "\(one.name)")
            }
        }
        #expect(count >= 2_000)
        #expect(names.count == count)
    }

    @Test(arguments: PacketCase.files)
    func answersAsTheStandardSays(_ file: String) throws {
        for one in try PacketCase.all(of: file) {
            let problems = try one.play()
            #expect(problems.isEmpty, "\(one.name): \(problems.joined(separator: "; "))")
        }
    }

    /// How bytes are cut on their way says nothing: a stream is a stream. [MQTT-4.2.0-1]
    @Test(arguments: PacketCase.files)
    func answersTheSameToOneByteAtATime(_ file: String) throws {
        for one in try PacketCase.all(of: file) {
            let problems = try one.play(inPortions: 1)
            #expect(problems.isEmpty, "\(one.name): \(problems.joined(separator: "; "))")
        }
    }

    /// One byte of a case is another, or the last: the broker may refuse it or not, and stays what it is. [T-04]
    @Test(arguments: PacketCase.files)
    func standsEveryBrokenCase(_ file: String) throws {
        let changes: [(UInt8) -> UInt8?] = [
            { $0 ^ 0x01 }, { $0 ^ 0x80 }, { $0 &+ 1 }, { $0 &- 1 }, { _ in 0x00 }, { _ in 0xFF }, { _ in nil },
        ]
        let seed: UInt64 = 0x5167_6E61
        var random = SeededRandom(seed: seed)
        for one in try PacketCase.all(of: file) {
            for _ in 0..<4 {
                let place = Int.random(in: 0..<max(1, one.length), using: &random)
                let change = Int.random(in: 0..<changes.count, using: &random)
                let problems = try one.playBroken(byte: place, changes[change])
                #expect(problems.isEmpty, "\(one.name), byte \(place), change \(change): \(problems)")
            }
        }
    }

    /// The runner itself: an answer that is not the expected one does not pass.
    @Test func seesEveryWrongAnswer() throws {
        let right = ["> 10 [ <MQTT> 04 02 0000 <c> ]", "< 20 [ 00 00 ]", "open"]
        #expect(try PacketCase.of(right).play().isEmpty)
        for wrong in ["< 20 [ 00 01 ]", "< 20 [ 00 00 {} ]", "< 20 00 00", "<? D0 00", "wait 0"] {
            #expect(try !PacketCase.of([right[0], wrong, right[2]]).play().isEmpty, "\(wrong)")
        }
        #expect(try PacketCase.of([right[0], right[1], "closed"]).play() == ["a is open"])
        #expect(try PacketCase.of(["> 00", "open"]).play() == ["a is closed"])
    }
}
