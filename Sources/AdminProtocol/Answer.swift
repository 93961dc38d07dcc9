/// What the broker answers to one `Request`, to the asker only.
package struct Answer: Codable, Equatable, Sendable {
    package enum State: String, Codable, Sendable {
        /// It was done; `result` holds what came of it.
        case done
        /// It was not done, and nothing changed; `error` says why.
        case refused
        /// It was tried and did not succeed.
        case failed
    }

    package var v: Int
    package var id: String
    package var state: State
    package var result: JSON?
    package var error: AdminError?
    /// The broker's clock when it answered.
    package var at: Timestamp

    package init(
        v: Int = 1, id: String, state: State, result: JSON? = nil, error: AdminError? = nil, at: Timestamp
    ) {
        self.v = v
        self.id = id
        self.state = state
        self.result = result
        self.error = error
        self.at = at
    }
}
