import AdminProtocol
import ArgumentParser
import ConsoleCore
import FoundationEssentials
import MQTTTransport
import Terminal

/// The console on a terminal: keys, signals and what the broker says go into the model; commands and pictures come out.
///
/// It runs on the main thread and waits for nothing but the terminal, so that a key is answered whatever the link does.
struct ConsoleRunner {
    struct Options {
        var target: ClientTarget
        /// The target in the operator's words.
        var place: String
        var mayAct = true
        var ascii = false
        var colors = true
    }

    /// Pictures are drawn at most this often; a key is answered at once, and what it asked for soon after.
    private static let frame: Milliseconds = 100
    private static let frameOverSSH: Milliseconds = 250
    private static let frameAfterKey: Milliseconds = 33
    private static let afterKey: Milliseconds = 500
    /// A paste without an end is over after this silence.
    private static let pasteSilence: Milliseconds = 1000

    private let frame: Milliseconds
    private let screen: TerminalScreen
    private let signals: TerminalSignals
    private let link: ConsoleLink
    private var model: ConsoleModel
    private var isDone = false
    private var isStale = true
    private var drawnAt: Milliseconds = 0
    private var tickedAt: Milliseconds = 0
    private var keyAt: Milliseconds = -1000

    /// Shows the console until the operator leaves it; throws an exit code if there is no terminal to show it on.
    ///
    /// - Parameter signals: made before the process started any thread.
    static func run(_ options: Options, signals: TerminalSignals) throws {
        let screen: TerminalScreen
        do throws(TerminalEnvironment.Refusal) {
            let variables = ProcessInfo.processInfo.environment
            screen = try TerminalScreen(
                TerminalEnvironment(variable: { variables[$0] }, colors: options.colors, ascii: options.ascii))
        } catch {
            throw Exit.because(error.description, code: 2)
        }
        var runner = ConsoleRunner(options, screen: screen, signals: signals)
        runner.link.start()
        runner.loop()
        screen.close()
        runner.link.stop()
    }

    /// Throws the exit code that `run` would, advising something else, and leaves the terminal alone.
    static func checkTerminal(instead: String) throws {
        let variables = ProcessInfo.processInfo.environment
        do throws(TerminalEnvironment.Refusal) {
            try TerminalScreen.check(TerminalEnvironment(variable: { variables[$0] }, instead: instead))
        } catch {
            throw Exit.because(error.description, code: 2)
        }
    }

    private init(_ options: Options, screen: TerminalScreen, signals: TerminalSignals) {
        let isRemote = ProcessInfo.processInfo.environment["SSH_CONNECTION"] != nil
        frame = isRemote ? Self.frameOverSSH : Self.frame
        self.screen = screen
        self.signals = signals
        link = ConsoleLink(options.target)
        model = ConsoleModel(
            settings: .init(
                target: options.place, mayAct: options.mayAct, seed: UInt64.random(in: .min ... .max)),
            size: screen.size)
    }

    private mutating func loop() {
        draw()
        while !isDone {
            let woken = Wakeup.wait(mailbox: link.mailbox, signals: signals, milliseconds: Int(untilNextDeed()))
            if woken.contains(.gone) { return }
            for signal in signals.take() { heed(signal) }
            for message in link.mailbox.take() { update(message) }
            let keys = typed()
            for key in keys { update(key == .control("c") ? .interrupted : .key(key)) }
            if Clock.steady() >= tickedAt + 1000 { tick() }
            if isStale, !keys.isEmpty || Clock.steady() >= drawnAt + interval { draw() }
        }
    }

    private var interval: Milliseconds {
        Clock.steady() < keyAt + Self.afterKey ? Self.frameAfterKey : frame
    }

    /// How long there is nothing to do unless something happens.
    private func untilNextDeed() -> Milliseconds {
        let now = Clock.steady()
        let tick = tickedAt + 1000 - now
        return max(0, isStale ? min(tick, drawnAt + interval - now) : tick)
    }

    private mutating func typed() -> [Key] {
        var keys = screen.keys()
        let now = Clock.steady()
        if screen.isPasting, keys.isEmpty, now >= keyAt + Self.pasteSilence { keys = screen.abandonPaste() }
        if !keys.isEmpty || screen.isPasting && keyAt < now - Self.pasteSilence { keyAt = now }
        return keys
    }

    private mutating func heed(_ signal: TerminalSignals.Signal) {
        switch signal {
        case .resized: resize()
        case .interrupted: update(.interrupted)
        case .terminated, .hungUp: isDone = true
        case .stopRequested: suspend()
        case .continued:
            screen.resume()
            resize()
        }
    }

    private mutating func suspend() {
        screen.suspend()
        resize()
    }

    private mutating func resize() {
        update(.resized(screen.size))
        drawnAt = 0
    }

    /// Once a second, on the second of the clock on the wall, which is on the screen.
    private mutating func tick() {
        update(.elapsed)
        tickedAt = Clock.steady() - Clock.wall() % 1000
    }

    private mutating func update(_ message: ConsoleMessage) {
        isStale = true
        for command in model.update(message, at: Clock.wall()) { perform(command) }
    }

    private mutating func perform(_ command: ConsoleCommand) {
        switch command {
        case .send(let request): link.send(request)
        case .copy(let text): screen.copy(text)
        case .redraw: screen.forget()
        case .suspend: suspend()
        case .reconnect: link.reconnect()
        case .quit: isDone = true
        }
    }

    private mutating func draw() {
        screen.draw(model.view(screen.capabilities, at: Clock.wall()))
        drawnAt = Clock.steady()
        isStale = false
    }
}
