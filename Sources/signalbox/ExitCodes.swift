import AdminProtocol
import ArgumentParser

/// What the exit code of a command says; the same for all of them.
enum ExitCodes {
    static let refused: Int32 = 1
    static let usage: Int32 = 2
    static let unreachable: Int32 = 3
    static let forbidden: Int32 = 4

    static let explanation = """
        Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 the broker cannot be reached, 4 not allowed.
        """

    static func code(for error: AdminError.Code) -> Int32 {
        switch error {
        case .forbidden: forbidden
        case .malformed, .unknownCommand, .badArgument, .notFound, .stale, .conflict, .rateLimited, .unavailable:
            refused
        }
    }
}
