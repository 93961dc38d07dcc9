import ArgumentParser

extension ParsableArguments {
    /// Throws unless `value`, if there is one, is in `range`: every number says in the same words what it takes.
    func check(_ option: String, _ value: Int?, in range: ClosedRange<Int>) throws {
        guard let value, !range.contains(value) else { return }
        throw ValidationError("\(option) takes \(range.lowerBound) to \(range.upperBound)")
    }
}
