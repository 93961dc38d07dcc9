/// What is summed up for one pool once a second; what costs more is summed up when somebody looks.
final class PoolRecord {
    struct Sums {
        var connected = 0
        var stuck = 0
        var flapping = 0
        var flaps = 0
    }

    let id: ULID
    var name: String
    var sums = Sums()
    var denied = MinuteRate()

    init(_ id: ULID, _ name: String) {
        self.id = id
        self.name = DisplayText.of(name)
    }
}
