import AdminClient
import AdminProtocol
import ArgumentParser
import Fleet
import Glibc
import MQTTTransport
import NIOPosix
import Terminal

/// The demo without a screen: says on standard error how it goes, and at the end prints the overview.
struct DemoHeadless {
    private enum Mail: Sendable {
        case overview(Answer)
        case failure(String)
    }

    private let stage: DemoStage
    private let signals: TerminalSignals
    private let seconds: Int?
    private let json: Bool
    private let mailbox = Mailbox<Mail>(verdict: { _, _ in .keep }, isExpendable: { _ in false })

    init(_ stage: DemoStage, signals: TerminalSignals, seconds: Int?, json: Bool) {
        self.stage = stage
        self.signals = signals
        self.seconds = seconds
        self.json = json
    }

    func run() throws {
        say("broker \(stage.endpoint), admin socket \(stage.adminSocket)")
        if let papers = stage.papers { say("certificates of pools and platform in \(papers)") }
        let end = seconds.map { Clock.steady() + Milliseconds($0) * 1_000 }
        var said = -1
        let all = stage.fleet.cast.workers.count
        while end.map({ Clock.steady() < $0 }) ?? true {
            let left = end.map { $0 - Clock.steady() } ?? 1_000
            _ = Wakeup.wait(keys: false, mailbox: mailbox, signals: signals, milliseconds: Int(min(1_000, left)))
            if signals.take().contains(where: isEnd) { break }
            let connected = stage.fleet.connected
            // Only the start is worth a line a second.
            if said < all * 9 / 10, connected != said { say("\(connected) of \(all) workers connected") }
            said = max(said, connected)
        }
        guard stage.fleet.connected > 0 else {
            throw Exit.because("no worker could connect: \(stage.fleet.failure ?? "none tried")", code: 1)
        }
        if seconds != nil { try print() }
    }

    private func isEnd(_ signal: TerminalSignals.Signal) -> Bool {
        switch signal {
        case .interrupted, .terminated, .hungUp: return true
        case .stopRequested:
            kill(getpid(), SIGSTOP)
            return false
        case .resized, .continued: return false
        }
    }

    private func print() throws {
        guard json else {
            let options = ConsoleRunner.Options(target: .unix(path: stage.adminSocket), place: "demo \(stage.endpoint)")
            return try ConsolePrintout.run(options, signals: signals)
        }
        let link = AdminLink(.unix(path: stage.adminSocket), on: stage.group.next())
        link.run { [mailbox] link in
            link.onState = { state in
                switch state {
                case .connecting: break
                case .down(let reason, _, _): mailbox.post(.failure(reason))
                case .up:
                    link.request(.overview) { result in
                        switch result {
                        case .success(let answer): mailbox.post(.overview(answer))
                        case .failure(let failure): mailbox.post(.failure("\(failure)"))
                        }
                    }
                }
            }
            link.start()
        }
        _ = Wakeup.wait(keys: false, mailbox: mailbox, signals: signals, milliseconds: 10_000)
        link.run { $0.stop() }
        switch mailbox.take().first {
        case .overview(let answer):
            guard let result = answer.result else {
                throw Exit.because("the broker refused the overview: \(answer.error?.message ?? "")", code: 1)
            }
            Swift.print(result.text)
        case .failure(let why): throw Exit.because("no overview: \(why)", code: 1)
        case nil: throw Exit.because("no overview within 10 s", code: 1)
        }
    }

    private func say(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }
}
