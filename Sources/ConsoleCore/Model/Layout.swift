/// How a screen of this size is divided; three breakpoints and two ways out for what is smaller.
struct Layout: Equatable, Sendable {
    enum Kind: Comparable, Sendable {
        /// One message.
        case message
        /// One line per item.
        case lines
        /// The list; a short preview below.
        case compact
        /// List on top, preview below: width is worth more than height.
        case normal
        /// List left, detail right.
        case wide
    }

    /// Lines above and below the content.
    static let top = 3
    static let bottom = 2

    let size: Size
    let kind: Kind

    init(_ size: Size) {
        self.size = size
        kind =
            switch (size.columns, size.rows) {
            case (..<40, _), (_, ..<8): .message
            case (..<60, _), (_, ..<16): .lines
            case (..<100, _), (_, ..<30): .compact
            case (160..., 45...): .wide
            default: .normal
            }
    }

    /// Rows between the chrome.
    var content: Int { max(1, size.rows - Self.top - Self.bottom) }

    /// Columns of the right side, and of the line between.
    var right: Int { kind == .wide ? min(84, size.columns * 37 / 100) : 0 }

    /// Columns of the list.
    var left: Int { kind == .wide ? size.columns - right - 3 : size.columns }

    /// Rows below the list.
    func preview(of place: Place) -> Int {
        let wanted =
            switch (kind, place) {
            case (.message, _), (.lines, _), (.wide, .pools), (.wide, .workers), (.wide, .topics), (.wide, .denied): 0
            case (_, .overview), (_, .worker), (_, .log): 0
            case (.compact, .pools), (.compact, .topics): 4
            case (.compact, .workers): 4
            case (.compact, .denied): 9
            case (.compact, .events): 6
            case (.normal, .pools): 12
            case (.normal, .workers): 12
            case (.normal, .topics): 7
            case (.normal, .denied): 13
            case (.normal, .events), (.wide, .events): 9
            }
        return content >= 14 ? min(wanted, content * 3 / 5) : 0
    }

    /// Lines above the heading of a list.
    func header(of place: Place) -> Int {
        guard kind >= .compact else { return 0 }
        switch place {
        case .denied, .events, .log: return 1
        case .overview, .pools, .workers, .worker, .topics: return 0
        }
    }

    /// Rows of the list of a view.
    func listRows(of place: Place) -> Int {
        switch kind {
        case .message: return 1
        case .lines: return max(1, size.rows - 3)
        case .compact, .normal, .wide: return max(1, content - preview(of: place) - header(of: place) - 1)
        }
    }
}
