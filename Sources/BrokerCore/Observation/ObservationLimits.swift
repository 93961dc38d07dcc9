/// Every bound of what the broker remembers about itself, each with its reason. [SD-6]
enum ObservationLimits {
    /// Topics with counters of their own, about 500 bytes each; the rest is counted together. [T-16]
    static let topics = 20_000
}
