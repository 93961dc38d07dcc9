import AdminProtocol

/// The console: messages go in, commands and a picture come out.
package struct ConsoleModel: Sendable {
    package struct Settings: Equatable, Sendable {
        /// What the operator typed to reach the broker, such as a socket's path or `host:port`.
        package var target: String
        /// Whether commands that change the broker may be given from the start.
        package var mayAct: Bool
        /// Seeds the ids of requests.
        package var seed: UInt64

        package init(target: String, mayAct: Bool = true, seed: UInt64 = 0) {
            self.target = target
            self.mayAct = mayAct
            self.seed = seed
        }
    }

    package init(settings: Settings, size: Size) {}

    /// Takes in what happened at `now` (milliseconds since 1970 by the console's own clock).
    package mutating func update(_ message: ConsoleMessage, at now: Timestamp) -> [ConsoleCommand] { [] }

    /// The picture of the state, for a terminal of the model's size.
    package func view(_ capabilities: Capabilities, at now: Timestamp) -> Frame {
        Frame(size: Size(columns: 80, rows: 24))
    }
}
