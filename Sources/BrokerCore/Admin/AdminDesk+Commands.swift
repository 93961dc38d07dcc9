import AdminProtocol

extension AdminDesk {
    func run(_ task: inout AdminTask, into effects: inout Effects) throws(AdminError) -> JSON {
        let look = task.look
        switch task.command {
        case .hello: return try encoded(hello(task.caller, look))
        case .overview: return try encoded(look.overview())
        case .poolsList: return try list(.pools, task)
        case .workersList: return try list(.workers, task)
        case .topicsList: return try list(.topics, task)
        case .denialsList: return try list(.denials, task)
        case .eventsList: return try list(.events, task)
        case .logList: return try list(.log, task)
        case .workerGet:
            let query = try task.arguments(WorkerQuery.self)
            guard let worker = look.observatory.roster.worker(named: query.worker) else {
                throw AdminError(.notFound, "no such worker is known", field: "args.worker")
            }
            return try encoded(WorkerDetail(worker, look))
        case .historyGet: return try encoded(look.history(task.arguments(HistoryQuery.self)))
        case .watchOpen: return try openWatch(&task)
        case .watchSet: return try setWatch(&task)
        case .watchClose:
            let name = try task.arguments(WatchName.self)
            guard watches.close(name.watch, of: task.caller.connection) else {
                throw AdminError(.notFound, "no such watch is open on this connection", field: "args.watch")
            }
            return try encoded(name)
        case .kick: return try kick(&task, into: &effects)
        case .logLevelGet: return try encoded(look.levels)
        case .logLevelSet: return try setLevel(task, into: &effects)
        case .logLevelRevert: return try revertLevel(task, into: &effects)
        }
    }

    private func list(_ what: Watched, _ task: AdminTask) throws(AdminError) -> JSON {
        let query: ListQuery
        do {
            query = try task.arguments(ListQuery.self)
            return try Window(what, query)(task.look) ?? .null
        } catch {
            throw error.within("args")
        }
    }

    private func openWatch(_ task: inout AdminTask) throws(AdminError) -> JSON {
        let query = try task.arguments(WatchQuery.self)
        task.deeds += try watches.open(query, of: task.caller.connection, task.look)
        return try encoded(WatchName(watch: query.watch))
    }

    private func setWatch(_ task: inout AdminTask) throws(AdminError) -> JSON {
        let query = try task.arguments(WatchQuery.self)
        guard watches.has(query.watch, of: task.caller.connection) else {
            throw AdminError(.notFound, "no such watch is open on this connection", field: "args.watch")
        }
        task.deeds += try watches.open(query, of: task.caller.connection, task.look)
        return try encoded(WatchName(watch: query.watch))
    }

    private func hello(_ caller: Caller, _ look: Look) -> Hello {
        let observatory = look.observatory
        let configuration = observatory.configuration
        let later = "not in this version of the broker"
        let absent = ["tail", "payload.reveal", "acl.test", "ban", "cordon", "plan", "audit", "bundle"]
        return Hello(
            installation: configuration.installation, environment: configuration.environment,
            version: configuration.version, mode: "builtin", endpoint: configuration.endpoint,
            namespace: configuration.namespace, open: configuration.open, principal: caller.name, role: caller.role,
            instance: configuration.instance, startedAt: observatory.startedAt.wall, now: look.now.wall,
            features: [
                Hello.Feature(name: "watch", available: true), Hello.Feature(name: "kick", available: true),
                Hello.Feature(name: "log.level", available: true),
            ] + absent.map { Hello.Feature(name: $0, available: false, why: later) })
    }
}

/// Our own types always encode; should one not, the asker is told and nothing else happens.
func encoded(_ value: some Encodable) throws(AdminError) -> JSON {
    do {
        return try JSON.encoding(value)
    } catch {
        throw AdminError(.unavailable, "the answer could not be written")
    }
}

extension AdminError {
    /// The same, with the place of what holds the field.
    func within(_ place: String) -> AdminError {
        guard let field, field != place, !field.hasPrefix("\(place).") else { return self }
        return AdminError(code, message, field: "\(place).\(field)")
    }
}
