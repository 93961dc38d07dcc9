import MQTT

/// Who may do what: one pure function, deny by default, comparing constructed bytes and never patterns. [T-30, T-39]
package struct Access: Equatable, Sendable {
    private let readonly: [UInt8]
    private let writeonly: [UInt8]
    /// Whether what open clients publish for workers goes to the durable queue as well.
    private let openQueue: Bool
    /// Filters open clients may not subscribe to, byte for byte.
    private let deniedFilters: Set<[UInt8]>

    package static let control = Array("$CONTROL".utf8)
    package static let adminTopic = control + Array("/broker/v1".utf8)
    package static let adminResponse = adminTopic + Array("/response".utf8)
    package static let adminStream = adminTopic + Array("/stream".utf8)
    static let system = Array("$SYS/".utf8)

    package init(namespace: String, openQueue: Bool = false, deniedFilters: [[UInt8]] = []) {
        readonly = Array((namespace + "/readonly/").utf8)
        writeonly = Array((namespace + "/writeonly/").utf8)
        self.openQueue = openQueue
        self.deniedFilters = Set(deniedFilters)
    }

    /// Whether `principal` may do `action` with `topic`, or with the filter `topic`. `worker` is the client id of a
    /// worker: its pool follows from the credential only. [T-31]
    package func authorize(
        _ principal: Principal, as worker: ULID?, _ action: Action, _ topic: [UInt8]
    ) -> Verdict {
        switch principal {
        case .worker(let pool): ofWorker(pool, worker, action, topic)
        case .backend: ofBackend(action, topic)
        case .admin: ofAdmin(action, topic)
        case .open: ofOpen(action, topic)
        }
    }

    /// The one topic on which a worker receives.
    package func readTopic(pool: ULID, worker: ULID) -> [UInt8] {
        readonly + pool.bytes + [.slash] + worker.bytes
    }

    /// The one topic on which a worker publishes.
    package func writeTopic(pool: ULID, worker: ULID) -> [UInt8] {
        writeonly + pool.bytes + [.slash] + worker.bytes
    }

    private func ofWorker(_ pool: ULID, _ worker: ULID?, _ action: Action, _ topic: [UInt8]) -> Verdict {
        guard let worker else {
            return .refused(
                Refusal(
                    rule: "\(action.rawValue).own-topic-only", reason: "no-worker", allowed: nil, differingLevel: nil,
                    sentence: "The client id is not a worker's ULID."))
        }
        switch action {
        case .publish, .will:
            let own = writeTopic(pool: pool, worker: worker)
            guard topic == own else { return .refused(refusal(action, topic, own)) }
            return .allowed(.queued(pool: pool, worker: worker))
        case .subscribe, .receive:
            let own = readTopic(pool: pool, worker: worker)
            guard topic == own else { return .refused(refusal(action, topic, own)) }
            return .allowed(.routed)
        }
    }

    private func ofBackend(_ action: Action, _ topic: [UInt8]) -> Verdict {
        switch action {
        case .publish, .will:
            guard Access.ids(of: topic, below: readonly) != nil else {
                return .refused(
                    shape(
                        "backend.publish-readonly", topic, readonly + Array("<pool>/<worker>".utf8),
                        "The platform publishes to one worker's readonly topic: two ULIDs below \(text(readonly))."))
            }
            return .allowed(.routed)
        case .subscribe, .receive:
            let pattern = action == .subscribe ? Access.pattern(of: topic) : topic[...]
            guard pattern.starts(with: writeonly), pattern.count > writeonly.count else {
                return .refused(
                    shape(
                        "backend.subscribe-writeonly", topic, writeonly + [.hash],
                        "The platform subscribes below \(text(writeonly)) only."))
            }
            return .allowed(.routed)
        }
    }

    private func ofAdmin(_ action: Action, _ topic: [UInt8]) -> Verdict {
        switch action {
        case .publish:
            if topic == Access.adminTopic { return .allowed(.admin) }
        case .subscribe, .receive:
            if topic == Access.adminResponse || topic == Access.adminStream { return .allowed(.admin) }
            if topic.starts(with: Access.adminResponse + [.slash]) { return .allowed(.admin) }
            if topic.starts(with: Access.system) { return .allowed(.admin) }
        case .will: break
        }
        return .refused(
            shape(
                "admin.topic-only", topic, Access.adminTopic,
                "An admin credential is for \(text(Access.adminTopic)), its answers and $SYS/ only."))
    }

    private func ofOpen(_ action: Action, _ topic: [UInt8]) -> Verdict {
        let pattern = action == .subscribe ? Access.pattern(of: topic) : topic[...]
        if action == .publish || action == .will, topic.starts(with: Access.system) {
            return .refused(
                Refusal(
                    rule: "system.broker-only", reason: "system-topic", allowed: nil, differingLevel: 0,
                    sentence: "$SYS is what the broker says of itself."))
        }
        guard !Access.isControl(pattern) else {
            return .refused(
                Refusal(
                    rule: "control.admins-only", reason: "admin-topic", allowed: nil, differingLevel: 0,
                    sentence: "$CONTROL is for admin credentials only."))
        }
        guard action != .subscribe || !isDenied(topic) else {
            return .refused(
                Refusal(
                    rule: "open.denied-filter", reason: "denied", allowed: nil, differingLevel: nil,
                    sentence: "The broker was started with this filter denied."))
        }
        if openQueue, action == .publish || action == .will, let ids = Access.ids(of: topic, below: writeonly) {
            return .allowed(.queued(pool: ids.pool, worker: ids.worker))
        }
        return .allowed(.routed)
    }

    /// Whether open clients may not subscribe to exactly this filter.
    func isDenied(_ filter: [UInt8]) -> Bool {
        !deniedFilters.isEmpty && deniedFilters.contains(filter)
    }

    private static func isControl(_ pattern: ArraySlice<UInt8>) -> Bool {
        pattern.starts(with: control)
            && (pattern.count == control.count || pattern.dropFirst(control.count).first == .slash)
    }

    /// What a filter matches, without `$share/group/`.
    private static func pattern(of filter: [UInt8]) -> ArraySlice<UInt8> {
        guard filter.starts(with: Array("$share/".utf8)) else { return filter[...] }
        let parts = filter.split(separator: .slash, maxSplits: 2, omittingEmptySubsequences: false)
        return parts.count == 3 ? parts[2] : filter[...]
    }

    /// The two ULIDs below `prefix`, if there is exactly that.
    private static func ids(of topic: [UInt8], below prefix: [UInt8]) -> (pool: ULID, worker: ULID)? {
        guard topic.count == prefix.count + 53, topic.starts(with: prefix) else { return nil }
        let rest = topic.dropFirst(prefix.count)
        guard rest.dropFirst(26).first == .slash, let pool = ULID(rest.prefix(26)), let worker = ULID(rest.suffix(26))
        else { return nil }
        return (pool, worker)
    }
}

extension Access {
    /// Why a worker may not touch `topic`: the first level that is not that of its own.
    private func refusal(_ action: Action, _ topic: [UInt8], _ own: [UInt8]) -> Refusal {
        let given = topic.levels
        let wanted = own.levels
        let place = Access.firstDifference(given, wanted)
        let pools = wanted.count - 2
        let reason: String
        if topic.starts(with: Access.control) {
            reason = "admin-topic"
        } else if topic.contains(where: { $0 == .plus || $0 == .hash }) {
            reason = "wildcard"
        } else if place == pools {
            reason = "not-own-pool"
        } else if place == pools + 1, given.count == wanted.count {
            reason = "not-own-worker"
        } else {
            reason = "not-own-topic"
        }
        return Refusal(
            rule: "\(action.rawValue).own-topic-only", reason: reason, allowed: own, differingLevel: place,
            sentence: Access.sentence(given, wanted, place))
    }

    private func shape(_ rule: String, _ topic: [UInt8], _ allowed: [UInt8], _ sentence: String) -> Refusal {
        let place = Access.firstDifference(topic.levels, allowed.levels)
        let reason = topic.starts(with: Access.control) ? "admin-topic" : "outside"
        return Refusal(rule: rule, reason: reason, allowed: allowed, differingLevel: place, sentence: sentence)
    }

    private static func firstDifference(_ given: [ArraySlice<UInt8>], _ wanted: [ArraySlice<UInt8>]) -> Int {
        for (place, level) in given.enumerated() {
            guard place < wanted.count, level.elementsEqual(wanted[place]) else { return place }
        }
        return given.count
    }

    /// Short, for one line of 80 columns: the two topics stand beside it.
    private static func sentence(_ given: [ArraySlice<UInt8>], _ wanted: [ArraySlice<UInt8>], _ place: Int) -> String {
        let level = "level \(place + 1)"
        guard place < given.count else { return "\(level) is missing" }
        return switch wanted.count - place {
        case 1: "\(level): the worker is not the caller"
        case 2: "\(level): the pool is not the caller's"
        case 3: "\(level): workers receive on readonly and publish on writeonly"
        case 4...: "\(level): another namespace"
        default: "\(level) is too many"
        }
    }

    private func text(_ bytes: [UInt8]) -> String { DisplayText.of(bytes) }
}
