import AdminProtocol

/// The console: messages go in, commands and a picture come out.
package struct ConsoleModel: Sendable {
    package struct Settings: Equatable, Sendable {
        /// What the operator typed to reach the broker, such as a socket's path or `host:port`.
        package var target: String
        /// Whether commands that change the broker may be given from the start.
        package var mayAct: Bool
        /// Seeds the ids of requests.
        package var seed: UInt64

        package init(target: String, mayAct: Bool = true, seed: UInt64 = 0) {
            self.target = target
            self.mayAct = mayAct
            self.seed = seed
        }
    }

    let settings: Settings
    var size: Size

    // The broker.
    var link = Link.connecting
    var hello: Hello?
    var clock = BrokerClock()
    var watches: [Feed: OpenWatch] = [:]
    var pending: [String: Pending] = [:]
    var requests: UInt64 = 0
    var helloAt: Timestamp = 0
    var heardAt: Timestamp = 0
    var kicks: [FollowedKick] = []
    /// Why the broker does not show what was asked for, until something else is asked for.
    var refusals: [Feed: DisplayText] = [:]

    /// What is known now.
    var knowledge = Knowledge()
    /// What was known when the picture was frozen, and the broker's time then.
    var frozen: (knowledge: Knowledge, at: Timestamp)?

    // The operator.
    var stack: [Place] = [.overview]
    var lastStack: [Place] = []
    var cursors: [Feed: Cursor] = [.events: Cursor.initial(of: .events)]
    var panel = Feed.sidePools
    var scroll = 0
    var prompt: TextField?
    var dialog: Dialog?
    var help: Int?
    var notice: Notice?
    var interruptedAt: Timestamp?

    package init(settings: Settings, size: Size) {
        self.settings = settings
        self.size = Self.bounded(size)
    }

    /// Takes in what happened at `now` (milliseconds since 1970 by the console's own clock).
    package mutating func update(_ message: ConsoleMessage, at now: Timestamp) -> [ConsoleCommand] {
        var commands: [ConsoleCommand] = []
        switch message {
        case .key(let key): commands = pressed(key, at: now)
        case .resized(let new): resize(to: new)
        case .linkUp: commands = linkUp(at: now)
        case .linkDown(let reason, let attempt, let retryIn):
            linkDown(reason: DisplayText(reason), attempt: attempt, retryIn: retryIn, at: now)
        case .answered(let answer): commands = answered(answer, at: now)
        case .streamed(let message): commands = streamed(message, at: now)
        case .elapsed: commands = elapsed(at: now)
        case .interrupted: commands = interrupt(at: now)
        }
        reveal()
        return commands + syncWatches(at: now)
    }

    /// The picture of the state, for a terminal of the model's size.
    package func view(_ capabilities: Capabilities, at now: Timestamp) -> Frame {
        Scene(self, glyphs: Glyphs(unicode: capabilities.unicode), at: now).frame()
    }

    // MARK: What is on the screen

    var layout: Layout { Layout(size) }

    /// The view in front.
    var place: Place { stack.last ?? .overview }

    /// What is shown: as it is, or as it was when it was frozen.
    var shown: Knowledge { frozen?.knowledge ?? knowledge }

    /// The list that has the cursor, if any.
    var focus: Feed? { place == .overview ? panel : place.list }

    /// Rows of a list that are on the screen.
    func height(of feed: Feed) -> Int {
        if place == .overview { return OverviewLayout(layout, knowledge: shown).height(of: feed) }
        return feed == place.list ? layout.listRows(of: place) : 1
    }

    mutating func say(
        _ text: DisplayText, _ role: Style.Role = .normal, for kind: Notice.Kind = .sentence, at now: Timestamp
    ) {
        // What came of a kick is worth more than that nothing came of something else.
        if kind == .aside, notice != nil { return }
        notice = Notice(text: text, role: role, kind: kind, until: now + kind.shownFor)
    }

    /// Keeps every selected row on the screen, whatever has changed.
    mutating func reveal() {
        let feeds =
            place == .overview ? OverviewLayout(layout, knowledge: shown).panels : [place.list].compactMap { $0 }
        for feed in feeds {
            let matched = shown.window(of: feed).matched
            cursors[feed, default: Cursor()].reveal(height: height(of: feed), matched: matched)
        }
    }

    private mutating func resize(to new: Size) {
        size = Self.bounded(new)
    }

    /// A terminal may say anything about its size; more than this cannot be looked at.
    private static func bounded(_ size: Size) -> Size {
        Size(columns: min(max(1, size.columns), 1000), rows: min(max(1, size.rows), 500))
    }

    private mutating func elapsed(at now: Timestamp) -> [ConsoleCommand] {
        if let notice, notice.until <= now { self.notice = nil }
        for feed in Feed.allCases {
            let cursor = cursors[feed, default: Cursor()]
            guard cursor.maySort(lastSortedAt: knowledge.sortedAt(feed), at: now) else { continue }
            knowledge.sort(feed, at: now)
            settle(feed)
        }
        doubtOld(at: now)
        return link.isUp && now - helloAt >= Self.greetingInterval ? [greet(at: now)].compactMap { $0 } : []
    }

    /// Puts the cursor of a list back on its row after the rows have changed.
    mutating func settle(_ feed: Feed) {
        let window = knowledge.window(of: feed)
        cursors[feed, default: Cursor()].settle(
            in: window.ids, offset: window.offset, matched: window.matched,
            follows: feed.isTimeline || feed == .overview)
    }
}
