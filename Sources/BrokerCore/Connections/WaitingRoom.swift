/// Those who have to wait before they are let in; of each address whoever came first is first. [T-72]
///
/// An address takes no more places than it leaves free: one that storms has half of them, two have a third each, and for
/// somebody else there always is one.
struct WaitingRoom {
    /// The server's number of a socket.
    typealias Guest = Int32

    private let places: Int
    private var lines: [Source: RingQueue<Guest>] = [:]
    /// The addresses that wait, in the order in which they are asked.
    private var order: [Source] = []
    private(set) var count = 0

    init(places: Int) {
        self.places = places
    }

    /// How many of that address wait.
    func count(of source: Source) -> Int { count == 0 ? 0 : lines[source]?.count ?? 0 }

    /// False if its address has its share of the places, or of the sockets there still is room for.
    mutating func seat(_ guest: Guest, of source: Source, leaving free: Int) -> Bool {
        let former = count(of: source)
        guard former < min(places - count, free) else { return false }
        lines[source, default: RingQueue()].append(guest)
        if former == 0 { order.append(source) }
        count += 1
        return true
    }

    /// One after the other of those that `verdict` keeps waiting no longer, of each address one in turn.
    mutating func call<Verdict>(_ verdict: (Source) -> Verdict?) -> [(guest: Guest, source: Source, verdict: Verdict)] {
        guard count > 0 else { return [] }
        var called: [(guest: Guest, source: Source, verdict: Verdict)] = []
        var (asked, waiting): ([Source], [Source]) = (order, [])
        while !asked.isEmpty {
            var again: [Source] = []
            for source in asked {
                guard let verdict = verdict(source) else {
                    waiting.append(source)
                    continue
                }
                guard let guest = lines[source]?.popFirst() else { continue }
                called.append((guest, source, verdict))
                if lines[source]?.isEmpty == true { lines[source] = nil } else { again.append(source) }
            }
            asked = again
        }
        order = waiting
        count -= called.count
        return called
    }
}
