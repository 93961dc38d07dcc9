/// Where the operator is: one of the views, and what it is about.
enum Place: Hashable, Sendable {
    case overview
    case pools
    /// All workers, or those of one pool.
    case workers(pool: String?)
    case worker(String)
    /// The shapes, or the topics of one.
    case topics(shape: String?)
    case denied
    case events
    case log

    /// The key of the view, on line 3 of the screen and on the keyboard.
    var number: Int {
        switch self {
        case .overview: 1
        case .pools: 2
        case .workers, .worker: 3
        case .topics: 4
        case .denied: 6
        case .events: 7
        case .log: 8
        }
    }

    /// In front of the number.
    var name: DisplayText {
        switch self {
        case .overview: "Over"
        case .pools: "Pools"
        case .workers, .worker: "Workers"
        case .topics: "Topics"
        case .denied: "Denied"
        case .events: "Events"
        case .log: "Log"
        }
    }

    /// The views in the order of their keys.
    static let views: [Place] = [
        .overview, .pools, .workers(pool: nil), .topics(shape: nil), .denied, .events, .log,
    ]

    static func numbered(_ number: Int) -> Place? {
        views.first { $0.number == number }
    }

    /// The list that fills this view, if it is one.
    var list: Feed? {
        switch self {
        case .overview, .worker: nil
        case .pools: .pools
        case .workers: .workers
        case .topics: .topics
        case .denied: .denials
        case .events: .events
        case .log: .log
        }
    }
}
