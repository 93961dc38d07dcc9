import AdminProtocol
import ArgumentParser
import ConsoleCore
import FoundationEssentials
import Terminal

/// The overview as text, once: the same model and the same picture as on the screen, for scripts and plain terminals.
struct ConsolePrintout {
    /// As long as a person waits for an answer without wondering.
    private static let patience: Milliseconds = 10_000
    private static let size = Size(columns: 100, rows: 40)

    static func run(_ options: ConsoleRunner.Options, signals: TerminalSignals) throws {
        let link = ConsoleLink(options.target)
        defer { link.stop() }
        var printout = ConsolePrintout(options)
        link.start()
        let deadline = Clock.steady() + patience
        while !printout.isComplete {
            let left = deadline - Clock.steady()
            guard left > 0 else {
                throw Exit.because("no overview from \(options.place) within \(patience / 1000) s", code: 1)
            }
            _ = Wakeup.wait(
                keys: false, mailbox: link.mailbox, signals: signals, milliseconds: Int(left))
            guard signals.take().allSatisfy({ $0 == .resized || $0 == .continued }) else {
                throw ExitCode(130)
            }
            for message in link.mailbox.take() {
                for request in try printout.take(message, from: options.place) { link.send(request) }
            }
        }
        print(
            printout.model.view(.init(unicode: TerminalScreen.localeIsUnicode && !options.ascii), at: Clock.wall()).text
        )
    }

    private var model: ConsoleModel
    /// Watches that were asked for and have not shown anything yet; nil before the first.
    private var awaited: Set<String>?

    private init(_ options: ConsoleRunner.Options) {
        model = ConsoleModel(
            settings: .init(target: options.place, mayAct: false, seed: UInt64.random(in: .min ... .max)),
            size: Self.size)
    }

    private var isComplete: Bool { awaited?.isEmpty ?? false }

    private mutating func take(_ message: ConsoleMessage, from place: String) throws -> [Request] {
        if case .linkDown(let reason, _, _) = message {
            throw Exit.because("no broker at \(place): \(reason)", code: 1)
        }
        let requests = model.update(message, at: Clock.wall()).compactMap { command -> Request? in
            if case .send(let request) = command { request } else { nil }
        }
        for request in requests where request.cmd == Command.watchOpen.rawValue {
            awaited = (awaited ?? []).union([request.args?["watch"]?.string].compactMap { $0 })
        }
        if case .streamed(let stream) = message, let watch = stream.watch { awaited?.remove(watch) }
        return requests
    }
}
