import ArgumentParser
import Authority

/// Where the broker keeps its keys, registry, queue and admin socket.
struct DataDirectoryOption: ParsableArguments {
    @Option(
        name: .customLong("data-dir"),
        help: ArgumentHelp(
            "The broker's data directory (default: SIGNALBOX_DATA_DIR, else $XDG_STATE_HOME/signalbox).",
            valueName: "path"))
    var dataDirectory: String?

    func path(in environment: [String: String]) throws(AuthorityError) -> String {
        if let dataDirectory { return DataDirectory.absolute(dataDirectory) }
        return try DataDirectory.path(in: environment)
    }
}
