import BrokerCore
import BrokerServer
import Testing

/// The rules of the open listener, as the command line gives them.
@Suite struct OpenRulesTests {
    private func error(
        _ filters: [String] = [], _ keepAlive: String? = nil, _ receive: String? = nil, isOpen: Bool = true
    ) -> ConfigurationError? {
        do throws(ConfigurationError) {
            _ = try OpenRules(
                denySubscribe: filters, maxKeepAlive: keepAlive, receiveMaximum: receive, isOpen: isOpen)
            return nil
        } catch {
            return error
        }
    }

    @Test func takesThemAll() throws {
        let rules = try OpenRules(
            denySubscribe: ["test/nosubscribe", "a/+/#"], maxKeepAlive: "60", receiveMaximum: "65535", isOpen: true)
        #expect(
            rules
                == OpenRules(
                    deniedFilters: [Array("test/nosubscribe".utf8), Array("a/+/#".utf8)], maximumKeepAlive: 60,
                    receiveMaximum: 65_535))
    }

    @Test func isEmptyWithoutAny() throws {
        #expect(
            try OpenRules(denySubscribe: [], maxKeepAlive: nil, receiveMaximum: nil, isOpen: false) == OpenRules())
    }

    @Test(arguments: ["0", "65536", "-1", "+5", "", "1 ", "６０", "000060"])
    func refusesWhatIsNoNumberOfTwoBytes(_ text: String) {
        #expect(
            error([], text)
                == ConfigurationError(
                    key: "--open-max-keep-alive", value: text, accepted: "accepted are 1 to 65535 seconds"))
        #expect(
            error([], nil, text)
                == ConfigurationError(
                    key: "--open-receive-maximum", value: text, accepted: "accepted are 1 to 65535 messages"))
    }

    @Test(arguments: ["", "a/#/b", "a+", "$share/g"])
    func refusesWhatIsNoFilter(_ text: String) {
        #expect(error(["ok", text])?.value == text)
        #expect(error([text])?.key == "--open-deny-subscribe")
    }

    @Test func needsAnOpenListener() {
        #expect(error(["a"], isOpen: false)?.key == "--open-deny-subscribe")
        #expect(error([], "60", isOpen: false)?.key == "--open-max-keep-alive")
        #expect(error([], nil, "20", isOpen: false)?.key == "--open-receive-maximum")
    }
}
