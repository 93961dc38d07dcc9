import BrokerCore
import Logging

/// Who was not let in: says in one line what a second of overload or scanning would have said in thousands. [SD-16]
struct DoorReport {
    /// Sockets closed at once because there was no room, ever.
    private(set) var withoutRoomEver: Int64 = 0
    private var withoutRoom = 0
    /// Peers turned away since the last second; only the first few are a line each.
    private var turnedAway = 0
    private static let turnedAwayLines = 5
    /// Sockets refused before anything was known but their address, since the last second and since it was last told.
    private var refused = 0
    private var untold = 0
    private var reason = ""
    private var toldAt: Moment?

    private let log: ServerLog

    init(_ log: ServerLog) {
        self.log = log
    }

    mutating func foundNoRoom() {
        withoutRoom += 1
        withoutRoomEver += 1
    }

    mutating func refused(because reason: String) {
        refused += 1
        self.reason = reason
    }

    mutating func turnedAway(_ address: String, because reason: String) {
        turnedAway += 1
        guard turnedAway <= DoorReport.turnedAwayLines else { return }
        log.logger(.access).info("turned away", metadata: ["connection": "\(address)", "reason": "\(reason)"])
    }

    /// Once a second; answers what is worth an event, at most once a minute: a flood of days does not push everything
    /// else out of the events.
    mutating func sumUp(besides connections: Int, at now: Moment) -> String? {
        if withoutRoom > 0 {
            log.logger(.connection).error(
                "no room for more connections",
                metadata: ["connections": "\(connections)", "refused": "\(withoutRoom)"])
        }
        if turnedAway > DoorReport.turnedAwayLines {
            log.logger(.access).info(
                "more were turned away", metadata: ["count": "\(turnedAway - DoorReport.turnedAwayLines)"])
        }
        if refused > 0 {
            log.logger(.connection).error(
                "refused at the door", metadata: ["count": "\(refused)", "reason": "\(reason)"])
        }
        untold += refused
        (withoutRoom, turnedAway, refused) = (0, 0, 0)
        guard untold > 0, toldAt.map({ now.milliseconds(since: $0) >= 60_000 }) ?? true else { return nil }
        defer { (untold, toldAt) = (0, now) }
        return "\(untold): \(reason)"
    }
}
