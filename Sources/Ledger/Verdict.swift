/// What must hold, whatever was killed, frozen or filled.
package enum Invariant: String, CaseIterable, Sendable {
    /// I1: every acknowledged message is stored.
    case noLoss = "I1"
    /// I2: every stored message was sent, byte for byte, by the worker it names.
    case noInvention = "I2"
    /// I3: a message stored twice was sent twice, and not after its acknowledgement.
    case duplicatesExplained = "I3"
    /// I4: no ingress key is stored twice.
    case storedOnce = "I4"
    /// I5: first occurrences are in the order of sending.
    case order = "I5"
    /// I6: everything is acknowledged soon after the fault.
    case liveness = "I6"
    /// I7: nobody is refused.
    case noRefusal = "I7"
    /// I9: the broker's own counts are those of the books and of the store.
    case accounting = "I9"
    /// nothing is acknowledged while nothing can be committed.
    case silence = "X-04"
}

/// What was found in a run's evidence.
package struct Verdict: Equatable, Sendable {
    package struct Violation: Equatable, Sendable {
        package var invariant: Invariant
        package var what: String
    }

    package var violations: [Violation] = []
    package var workers = 0
    /// Different messages.
    package var sent = 0
    /// Transmissions of a message after its first.
    package var resent = 0
    /// Messages acknowledged with PUBACK or PUBREC.
    package var acknowledged = 0
    /// Different messages stored.
    package var stored = 0
    package var lost = 0
    package var explainedDuplicates = 0
    package var unexplainedDuplicates = 0
    package var refused = 0
    package var connections = 0

    package init() {}

    package var holds: Bool { violations.isEmpty }

    package func count(of invariant: Invariant) -> Int {
        violations.count { $0.invariant == invariant }
    }

    mutating func found(_ invariant: Invariant, _ what: String) {
        violations.append(Violation(invariant: invariant, what: what))
    }
}
