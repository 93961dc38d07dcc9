/// What an operator may do; each role may do all that the ones before it may.
package enum Role: String, Codable, Sendable, CaseIterable, Comparable {
    case viewer
    case `operator`
    case security

    package static func < (one: Role, other: Role) -> Bool {
        guard let left = allCases.firstIndex(of: one), let right = allCases.firstIndex(of: other) else { return false }
        return left < right
    }
}
