/// Something that should have come true within its time, and did not.
package struct Overdue: Error, CustomStringConvertible {
    package let description: String

    package init(description: String) {
        self.description = description
    }
}

/// Asks again and again until `condition` answers, at most for `limit`.
///
/// A wait for a condition, never for an amount of time: a fast machine is fast, and a slow one is not wrong.
package func eventually<Found>(
    within limit: Duration = .seconds(30), _ what: @autoclosure () -> String,
    _ condition: () async throws -> Found?
) async throws -> Found {
    let deadline = ContinuousClock.now + limit
    while true {
        if let found = try await condition() { return found }
        guard ContinuousClock.now < deadline else { throw Overdue(description: "\(what()) within \(limit)") }
        try await Task.sleep(for: .milliseconds(10))
    }
}

/// The same for a condition that is only true or false.
package func becomesTrue(
    within limit: Duration = .seconds(30), _ what: @autoclosure () -> String, _ condition: () async throws -> Bool
) async throws {
    _ = try await eventually(within: limit, what()) { try await condition() ? true : nil }
}
