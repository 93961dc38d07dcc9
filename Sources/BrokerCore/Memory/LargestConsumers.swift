/// The few sessions that hold most, found in one look at all of them. [T-70]
struct LargestConsumers {
    private var found: [(session: Session, bytes: Int)] = []
    private let most: Int

    /// The largest first; of equal ones always the same first, in whatever order they were looked at.
    var sessions: [Session] { found.map(\.session) }

    init(most: Int) {
        self.most = most
    }

    mutating func consider(_ session: Session, holding bytes: Int) {
        func isAhead(of other: (session: Session, bytes: Int)) -> Bool {
            (other.bytes, other.session.key) < (bytes, session.key)
        }
        if found.count >= most, let last = found.last, !isAhead(of: last) { return }
        found.insert((session, bytes), at: found.firstIndex(where: isAhead) ?? found.count)
        if found.count > most { found.removeLast() }
    }
}
