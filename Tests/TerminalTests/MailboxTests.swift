import Testing

@testable import Terminal

@Suite struct MailboxTests {
    @Test func keepsTheOrderOfWhatWasPosted() {
        let mailbox = Mailbox<Int>()
        for number in 1...3 { mailbox.post(number) }
        #expect(mailbox.take() == [1, 2, 3])
        #expect(mailbox.take() == [])
    }

    @Test func putsANewcomerInThePlaceOfWhatItMakesPointless() {
        let mailbox = Mailbox<Int>(verdict: { waiting, newcomer in waiting % 10 == newcomer % 10 ? .replace : .keep })
        for number in [1, 2, 11, 3, 21] { mailbox.post(number) }
        #expect(mailbox.take() == [2, 3, 21])
    }

    @Test func dropsWhatIsExpendableRatherThanGrow() {
        let mailbox = Mailbox<Int>(limit: 4, isExpendable: { $0 >= 100 })
        for number in [1, 100, 101, 2, 102, 3] { mailbox.post(number) }
        #expect(mailbox.take() == [1, 2, 102, 3])
    }

    @Test func wakesWhoWaitsAndOnlyOnce() {
        let mailbox = Mailbox<Int>()
        let signals = TerminalSignals()
        mailbox.post(1)
        #expect(Wakeup.wait(mailbox: mailbox, signals: signals, milliseconds: 0).contains(.mail))
        #expect(mailbox.take() == [1])
        #expect(!Wakeup.wait(mailbox: mailbox, signals: signals, milliseconds: 0).contains(.mail))
    }
}
