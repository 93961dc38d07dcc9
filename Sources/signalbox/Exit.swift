import ArgumentParser
import Glibc

/// The end of a command: one sentence on standard error, and a code that a script can tell apart.
enum Exit {
    static func because(_ sentence: String, code: Int32) -> ExitCode {
        let line = Array("signalbox: \(sentence)\n".utf8)
        _ = write(STDERR_FILENO, line, line.count)
        return ExitCode(code)
    }
}
