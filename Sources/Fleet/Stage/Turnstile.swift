/// Lets only so many in at a time; the others wait in line.
///
/// Handshakes cost both sides work: on a machine that has little to give, hundreds of them at once would each take
/// longer than the broker waits for one. Confined to its event loop.
final class Turnstile {
    private let places: Int
    private var taken = 0
    private var line: [() -> Void] = []

    init(places: Int) {
        self.places = places
    }

    /// Calls `enter` when there is a place, which `leave` gives back.
    func pass(_ enter: @escaping () -> Void) {
        guard taken < places else {
            line.append(enter)
            return
        }
        taken += 1
        enter()
    }

    func leave() {
        guard line.isEmpty else { return line.removeFirst()() }
        taken -= 1
    }
}
