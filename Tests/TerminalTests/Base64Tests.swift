import Testing

@testable import Terminal

@Suite struct Base64Tests {
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"), ("ÿÿÿ>", "w7/Dv8O/Pg=="),
    ])
    func encodesAsTheStandardSays(text: String, expected: String) {
        #expect(Base64.encode(text.utf8) == expected)
    }
}
