/// Where an address of the web leads, as far as it matters to whoever sends a secret there.
package struct WebAddress: Equatable, Sendable {
    /// Whether nobody on the way can read along.
    package let isEncrypted: Bool
    /// A name or an address, one of version 6 without its brackets.
    package let host: String

    /// Nil for anything but `https://` or `http://`, a host and perhaps a port; a user's name before it is refused, for
    /// it may be made to look like a host.
    package init?(_ url: String) {
        let parts = url.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 3, parts[1].isEmpty, parts[0] == "https:" || parts[0] == "http:" else { return nil }
        let place = parts[2].prefix { $0 != "?" && $0 != "#" }
        let rest: Substring
        if place.hasPrefix("["), let end = place.firstIndex(of: "]") {
            host = String(place[place.index(after: place.startIndex)..<end])
            rest = place[place.index(after: end)...]
        } else {
            let name = place.prefix { $0 != ":" }
            host = String(name)
            rest = place[name.endIndex...]
        }
        isEncrypted = parts[0] == "https:"
        guard !host.isEmpty, !place.contains("@"), !place.contains("\\"),
            rest.isEmpty || (rest.hasPrefix(":") && UInt16(rest.dropFirst()) != nil)
        else { return nil }
    }

    /// Whether what is sent there stays on this machine.
    package var isLoopback: Bool {
        if host == "localhost" || host == "::1" { return true }
        let numbers = host.split(separator: ".", omittingEmptySubsequences: false)
        return numbers.count == 4 && numbers.first == "127" && numbers.allSatisfy { UInt8($0) != nil }
    }
}
