/// What can be asked of the broker over its admin topic.
package enum Command: String, Codable, Sendable, CaseIterable {
    case hello
    case overview
    case poolsList = "pools.list"
    case workersList = "workers.list"
    case workerGet = "worker.get"
    case topicsList = "topics.list"
    case denialsList = "denials.list"
    case eventsList = "events.list"
    case logList = "log.list"
    case historyGet = "history.get"
    case watchOpen = "watch.open"
    case watchSet = "watch.set"
    case watchClose = "watch.close"
    case kick
    case logLevelGet = "log.level.get"
    case logLevelSet = "log.level.set"
    case logLevelRevert = "log.level.revert"

    /// The least role that may give this command.
    package var role: Role {
        switch self {
        case .hello, .overview, .poolsList, .workersList, .workerGet, .topicsList, .denialsList, .eventsList,
            .logList, .historyGet, .watchOpen, .watchSet, .watchClose, .logLevelGet:
            .viewer
        case .kick, .logLevelSet, .logLevelRevert: .operator
        }
    }

    /// Whether it changes the broker, and so needs a line in the events.
    package var changes: Bool { role > .viewer }
}
