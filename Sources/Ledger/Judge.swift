/// Judges evidence: a function of values that shares no code with what it judges. [C0]
package struct Judge {
    /// A message, from all that its worker's book says of it.
    private struct Account {
        var worker: String
        var pool: String
        var sequence: Int
        var qos: UInt8
        var digest: String
        var sentAt: Int64
        /// Its last transmission.
        var carriedAt: Int64
        var promisedAt: Int64?
        /// Transmissions that can have made another copy, each before an acknowledgement.
        var excuses = 0
        var copies = 0
    }

    private let evidence: Evidence
    private var accounts: [String: Account] = [:]
    private var verdict = Verdict()
    private var tolerated = 0

    private init(_ evidence: Evidence) {
        self.evidence = evidence
    }

    package static func verdict(on evidence: Evidence) -> Verdict {
        var judge = Judge(evidence)
        judge.readBooks()
        judge.readStore()
        judge.compare()
        judge.checkLiveness()
        judge.checkSilences()
        judge.checkCount()
        return judge.verdict
    }

    private mutating func readBooks() {
        verdict.workers = evidence.books.count
        for book in evidence.books {
            for entry in book.entries { read(entry, in: book) }
        }
        verdict.sent = accounts.count
        verdict.acknowledged = accounts.values.count { $0.promisedAt != nil }
    }

    private mutating func read(_ entry: Entry, in book: Book) {
        switch entry.deed {
        case .opened: verdict.connections += 1
        case .sent(let id, let sequence, let qos, let digest, _, _):
            accounts[id] = Account(
                worker: book.worker, pool: book.pool, sequence: sequence, qos: qos, digest: digest, sentAt: entry.at,
                carriedAt: entry.at)
        case .resent(let id, _, _, let duplicate):
            verdict.resent += 1
            guard let account = accounts[id], account.promisedAt == nil else { return }
            // Within a session QoS 2 is exactly once: the broker knows the packet and keeps it from the queue. But a
            // session that a new broker began, with an answer that was lost, looks to its worker like the old one.
            let isForgotten = evidence.faults.contains { $0.forgets && $0.to > account.carriedAt && $0.from < entry.at }
            if !duplicate || account.qos != 2 || isForgotten { accounts[id]?.excuses += 1 }
            accounts[id]?.carriedAt = entry.at
        case .promised(let id, let code), .completed(let id, let code):
            guard code < 0x80 else { return refused("message \(id)", code, at: entry.at) }
            if accounts[id]?.promisedAt == nil { accounts[id]?.promisedAt = entry.at }
        case .refused(let what, let code): refused("\(book.worker): \(what)", code, at: entry.at)
        case .lost: return
        }
    }

    private mutating func refused(_ what: String, _ code: UInt8, at time: Int64) {
        verdict.refused += 1
        let isRight = evidence.faults.contains { time >= $0.from && time <= $0.to + evidence.patience }
        if isRight, evidence.tolerated.contains(code) {
            tolerated += 1
            return
        }
        verdict.found(.noRefusal, "\(what) was refused with code \(code)")
    }

    private mutating func readStore() {
        var keys: Set<String> = []
        var last: [String: (sequence: Int, id: String)] = [:]
        for what in evidence.foreign { verdict.found(.noInvention, what) }
        for message in evidence.stored {
            if !keys.insert(message.key).inserted {
                verdict.found(.storedOnce, "\(message.id) is there twice under the key \(message.key)")
            }
            guard let account = accounts[message.id] else {
                verdict.found(.noInvention, "\(message.id) is stored and was never sent")
                continue
            }
            if account.worker != message.worker || account.pool != message.pool {
                verdict.found(
                    .noInvention, "\(message.id) of \(account.worker) is stored as of \(message.pool)/\(message.worker)"
                )
            }
            if account.digest != message.digest {
                verdict.found(.noInvention, "\(message.id) is stored with other bytes than were sent")
            }
            accounts[message.id]?.copies += 1
            guard account.copies == 0 else { continue }
            if let before = last[account.worker], before.sequence > account.sequence {
                verdict.found(
                    .order, "of \(account.worker), \(message.id) (\(account.sequence)) comes after \(before.sequence)")
            } else {
                last[account.worker] = (account.sequence, message.id)
            }
        }
    }

    private mutating func compare() {
        for (id, account) in accounts.sorted(by: { $0.key < $1.key }) {
            if account.copies > 0 { verdict.stored += 1 }
            if account.copies == 0, let promisedAt = account.promisedAt {
                verdict.lost += 1
                verdict.found(
                    .noLoss,
                    "\(id) (\(account.sequence) of \(account.worker), QoS \(account.qos)) was acknowledged at "
                        + "\(promisedAt) and is not stored")
            }
            let extra = max(0, account.copies - 1)
            verdict.explainedDuplicates += min(extra, account.excuses)
            let unexplained = max(0, extra - account.excuses)
            verdict.unexplainedDuplicates += unexplained
            if unexplained > 0 {
                verdict.found(
                    .duplicatesExplained,
                    "\(id) (\(account.sequence) of \(account.worker), QoS \(account.qos)) is stored \(account.copies) "
                        + "times and had \(account.excuses) reasons to be stored again")
            }
        }
    }

    /// After every fault that left enough quiet behind it, and after the last in any case.
    private mutating func checkLiveness() {
        for (place, fault) in evidence.faults.enumerated() {
            let limit = fault.to + evidence.patience
            let isLast = place == evidence.faults.count - 1
            guard isLast || evidence.faults[place + 1].from > limit else { continue }
            let late = accounts.filter { $0.value.sentAt < fault.to && ($0.value.promisedAt ?? .max) > limit }
            for (id, account) in late.sorted(by: { $0.key < $1.key }) {
                let when = account.promisedAt.map { "\(($0 - fault.to) / 1_000) ms after" } ?? "never since"
                verdict.found(.liveness, "\(id) of \(account.worker) was acknowledged \(when) the \(fault.kind) ended")
            }
        }
        let since = evidence.faults.last?.to ?? .min
        let forgotten = accounts.filter { $0.value.promisedAt == nil && $0.value.sentAt >= since }
        for (id, account) in forgotten.sorted(by: { $0.key < $1.key }) {
            verdict.found(.liveness, "\(id) of \(account.worker) was never acknowledged")
        }
    }

    private mutating func checkSilences() {
        for silence in evidence.silences {
            for (id, account) in accounts.sorted(by: { $0.key < $1.key }) {
                guard let at = account.promisedAt, at > silence.from, at < silence.to else { continue }
                verdict.found(
                    .silence, "\(id) was acknowledged \((at - silence.from) / 1_000) ms into the \(silence.kind)")
            }
        }
    }

    private mutating func checkCount() {
        guard let count = evidence.count else { return }
        let rows = evidence.stored.count { $0.epoch == count.epoch[...] }
        if rows != count.committed {
            verdict.found(
                .accounting, "the broker counted \(count.committed) committed since its last start; \(rows) are stored")
        }
        if count.denied > tolerated { verdict.found(.accounting, "the broker counted \(count.denied) denied") }
        // A connection that broke may have taken acknowledgements with it.
        guard !evidence.books.contains(where: { $0.hasLostConnection(since: count.since) }) else { return }
        let promises = evidence.books.reduce(0) { $0 + $1.promises(since: count.since) }
        if promises != count.committed {
            verdict.found(
                .accounting,
                "the broker counted \(count.committed) committed since its last start; workers heard of \(promises)")
        }
    }
}

extension Book {
    fileprivate func hasLostConnection(since start: Int64) -> Bool {
        entries.contains { entry in
            guard case .lost = entry.deed else { return false }
            return entry.at > start
        }
    }

    fileprivate func promises(since start: Int64) -> Int {
        entries.count { entry in
            guard case .promised(_, let code) = entry.deed else { return false }
            return entry.at > start && code < 0x80
        }
    }
}
