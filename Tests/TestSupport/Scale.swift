import Glibc

/// How much of it: little by default, so that all tests take minutes; as much as the catalogue says on request.
package enum Scale {
    /// What the environment's `key` says, a `SIGNALBOX_TEST_…` that the suite's comment names.
    package static func number(_ key: String, _ ordinarily: Int) -> Int {
        getenv(key).flatMap { Int(String(cString: $0)) } ?? ordinarily
    }

    /// A figure for whoever asked for a scale of their own.
    package static func report(_ figure: String) {
        let line = Array("FIGURE \(figure)\n".utf8)
        write(2, line, line.count)
    }
}
