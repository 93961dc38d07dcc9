import AdminProtocol

/// A kick that was done, until it is known what came of it.
struct KickFollow {
    let request: String
    let asker: ConnectionID
    let by: String
    let client: ClientRecord
    let epoch: Int64
    let host: String
    let kickedAt: Moment
    var isGone = false
}

/// Cuts one connection of one worker, which may come back; and tells what followed. [AD-11]
extension AdminDesk {
    private static let patience: Milliseconds = 60_000

    func kick(_ task: inout AdminTask, into effects: inout Effects) throws(AdminError) -> JSON {
        let kick = try task.arguments(Kick.self)
        let observatory = task.look.observatory
        guard let reason = task.reason else {
            throw AdminError(.badArgument, "a kick needs a reason", field: "reason")
        }
        guard let client = observatory.roster.worker(named: kick.worker) else {
            throw AdminError(.notFound, "no such worker is known", field: "args.worker")
        }
        guard let connection = client.connection else {
            throw AdminError(.stale, "worker \(client.id) is not connected any more", field: "args.epoch")
        }
        guard client.epoch == kick.epoch else {
            throw AdminError(
                .stale, "worker \(client.id) has reconnected since it was listed", field: "args.epoch")
        }
        let firesWill = kick.fireWill ?? true
        let cleans = kick.cleanSession ?? false
        let now = task.look.now
        let result = Kicked(
            worker: client.id, epoch: client.epoch, connectedFor: now.milliseconds(since: connection.connectedAt),
            willSent: firesWill && connection.will != nil, sessionKept: !cleans && connection.sessionExpiry > 0)
        guard !task.isDryRun else { return try encoded(result) }
        let by = DisplayText.of(task.caller.name)
        observatory.record(.kicked, client, reason: reason, detail: result.words, by: by, at: now)
        observatory.log(
            .info, .admin, "kick", client: client, fields: [("by", by), ("reason", reason)], at: now, into: &effects)
        follows.append(
            KickFollow(
                request: task.request.id, asker: task.caller.connection, by: by, client: client, epoch: client.epoch,
                host: DenialLedger.host(of: connection.peer.address), kickedAt: now))
        task.deeds.append(.cut(connection.id, fireWill: firesWill, cleanSession: cleans))
        return try encoded(result)
    }

    /// What has come of the kicks so far.
    func follow(_ look: Look) -> [Deed] {
        if follows.isEmpty { return [] }
        var deeds: [Deed] = []
        var open: [KickFollow] = []
        for var follow in follows {
            let client = follow.client
            let isBack = client.connection != nil && client.epoch != follow.epoch
            if !follow.isGone, isBack || client.connection == nil {
                follow.isGone = true
                let after = client.connection == nil ? client.story.goneAt?.milliseconds(since: follow.kickedAt) : nil
                deeds.append(tell(follow, .gone, after: after ?? 0, look))
            }
            if isBack, let connection = client.connection {
                deeds.append(came(follow, connection, look))
            } else if look.now.milliseconds(since: follow.kickedAt) >= AdminDesk.patience {
                look.observatory.record(
                    .followed, client, reason: "away", detail: "not back within 1 min of the kick", by: follow.by,
                    at: look.now)
                deeds.append(tell(follow, .away, after: look.now.milliseconds(since: follow.kickedAt), look))
            } else {
                open.append(follow)
            }
        }
        follows = open
        return deeds
    }

    private func came(_ follow: KickFollow, _ connection: ConnectionFacts, _ look: Look) -> Deed {
        let after = connection.connectedAt.milliseconds(since: follow.kickedAt)
        let isSame = DenialLedger.host(of: connection.peer.address) == follow.host
        let words = "\(after / 1_000).\(after % 1_000 / 100) s after the kick, \(isSame ? "same" : "another") address"
        look.observatory.record(.followed, follow.client, reason: "back", detail: words, by: follow.by, at: look.now)
        return tell(follow, .back, after: after, isSame: isSame, epoch: follow.client.epoch, look)
    }

    private func tell(
        _ follow: KickFollow, _ state: KickOutcome.State, after: Milliseconds, isSame: Bool? = nil,
        epoch: Int64? = nil, _ look: Look
    ) -> Deed {
        let outcome = KickOutcome(
            request: follow.request, worker: follow.client.id, state: state, after: after, sameAddress: isSame,
            epoch: epoch)
        return .push(follow.asker, StreamMessage(at: look.now.wall, outcome: outcome).bytes, watch: nil)
    }
}

extension Kicked {
    fileprivate var words: String {
        "\(willSent ? "will sent" : "no will"), session \(sessionKept ? "kept" : "forgotten"), "
            + "was connected for \(Span.text(connectedFor &* 1_000_000))"
    }
}
