import AWS
import Foundation
import Testing

struct SigningTimeTests {
    @Test func writesTheSecondsOfEveryKindOfYear() {
        let table: [(Int64, String)] = [
            (0, "19700101T000000Z"), (951_782_400, "20000229T000000Z"), (1_078_012_800, "20040229T000000Z"),
            (4_107_542_399, "21000228T235959Z"), (4_107_542_400, "21000301T000000Z"), (-1, "19691231T235959Z"),
            (1_795_373_260, "20261122T184740Z"),
        ]
        for (seconds, stamp) in table { #expect(SigningTime(seconds: seconds).stamp == stamp) }
    }

    @Test func agreesWithFoundationOverFourCenturies() {
        let format = Date.ISO8601FormatStyle(
            dateSeparator: .omitted, dateTimeSeparator: .standard, timeSeparator: .omitted)
        for seconds in stride(from: Int64(-2_208_988_800), to: 10_413_792_000, by: 8_675_309) {
            #expect(
                SigningTime(seconds: seconds).stamp == Date(timeIntervalSince1970: Double(seconds)).formatted(format))
        }
    }

    @Test func readsWhatItWrites() {
        #expect(SigningTime(httpDate: "Sun, 22 Nov 2026 18:47:40 GMT")?.stamp == "20261122T184740Z")
        #expect(SigningTime(iso8601: "2026-11-22T18:47:40Z")?.stamp == "20261122T184740Z")
        #expect(SigningTime(iso8601: "2026-11-22T18:47:40.123Z")?.stamp == "20261122T184740Z")
    }

    @Test(arguments: [
        "", "now", "Sun, 22 Nov 2026 18:47:40 CET", "Sun, 99 Nov 2026 18:47:40 GMT", "2026-11-22", "T:Z",
        "2026-11-22TZ",
        "2026-11-22T.Z", "TTZ",
    ])
    func anythingElseIsNoTime(_ text: String) {
        #expect(SigningTime(httpDate: text) == nil)
        #expect(SigningTime(iso8601: text) == nil)
    }

    @Test func endsOfTimeAreKept() {
        #expect(SigningTime(seconds: .max).stamp == "99991231T235959Z")
        #expect(SigningTime(seconds: .min).stamp == "00000101T000000Z")
    }
}
