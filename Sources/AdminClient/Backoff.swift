import AdminProtocol

/// How long to wait before the next attempt: doubling from 250 ms to 8 s, and at random between half of that and all,
/// so that many consoles do not come back together.
enum Backoff {
    static func pause(attempt: Int) -> Milliseconds {
        var random = SystemRandomNumberGenerator()
        return pause(attempt: attempt, using: &random)
    }

    static func pause(attempt: Int, using random: inout some RandomNumberGenerator) -> Milliseconds {
        let whole: Milliseconds = 250 << Milliseconds(min(max(attempt - 1, 0), 5))
        return Milliseconds.random(in: whole / 2...whole, using: &random)
    }
}
