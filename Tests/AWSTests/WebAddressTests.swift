import AWS
import Testing

struct WebAddressTests {
    @Test func knowsTheHostOfAnAddress() {
        let table: [(String, String, Bool, Bool)] = [
            ("https://sqs.eu-west-1.amazonaws.com/1/iot", "sqs.eu-west-1.amazonaws.com", true, false),
            ("http://127.0.0.1:4566", "127.0.0.1", false, true),
            ("http://localhost/x?y=z", "localhost", false, true),
            ("http://[::1]:80/x", "::1", false, true),
            ("http://[fd00:ec2::23]/v1", "fd00:ec2::23", false, false),
            ("http://127.0.0.1.example.com/x", "127.0.0.1.example.com", false, false),
            ("http://127.example/x", "127.example", false, false),
            ("https://host?x", "host", true, false),
        ]
        for (url, host, isEncrypted, isLoopback) in table {
            let address = WebAddress(url)
            #expect(address?.host == host, "\(url)")
            #expect(address?.isEncrypted == isEncrypted, "\(url)")
            #expect(address?.isLoopback == isLoopback, "\(url)")
        }
    }

    @Test(arguments: [
        "", "/", "//", "host", "http:", "http://", "http:///x", "http://:80/", "ftp://host/", "HTTP//x", "http:x//host",
        "http://169.254.170.2@example.com/", "http://127.0.0.1\\@example.com", "http://host:port/",
        "http://host:99999/",
        "http://[]/", "http://[::1", "http://[::1]x/", "https://host:/", "http://?",
    ])
    func anythingElseIsNone(_ text: String) {
        #expect(WebAddress(text) == nil)
    }
}
