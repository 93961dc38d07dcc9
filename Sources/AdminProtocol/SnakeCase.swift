/// Names as Swift writes them, as the wire writes them: `clientID` is `client_id`, `rate10s` stays.
package enum SnakeCase {
    package static func of(_ name: String) -> String {
        let letters = Array(name.utf8)
        var snake: [UInt8] = []
        snake.reserveCapacity(letters.count + 4)
        for (place, letter) in letters.enumerated() {
            guard isUpper(letter) else {
                snake.append(letter)
                continue
            }
            let follows = place > 0 && !isUpper(letters[place - 1])
            let leads = place > 0 && place + 1 < letters.count && !isUpper(letters[place + 1])
            if follows || leads { snake.append(UInt8(ascii: "_")) }
            snake.append(letter + 32)
        }
        return String(decoding: snake, as: UTF8.self)
    }

    private static func isUpper(_ letter: UInt8) -> Bool { (65...90).contains(letter) }
}
