import Testing

@testable import MessageQueue

struct SQSAddressTests {
    @Test func knowsWhereAQueueIs() {
        let address = SQSAddress("https://sqs.eu-west-1.amazonaws.com/123456789012/iot")
        #expect(address?.endpoint == "https://sqs.eu-west-1.amazonaws.com")
        #expect(address?.region == "eu-west-1")
        #expect(address?.isOrdered == false)
        #expect(SQSAddress("https://sqs.cn-north-1.amazonaws.com.cn/1/iot.fifo")?.region == "cn-north-1")
        #expect(SQSAddress("https://sqs.cn-north-1.amazonaws.com.cn/1/iot.fifo")?.isOrdered == true)
        #expect(SQSAddress("https://eu-west-1.queue.amazonaws.com/1/iot")?.region == "eu-west-1")
        #expect(SQSAddress("http://127.0.0.1:4566/1/iot")?.endpoint == "http://127.0.0.1:4566")
        #expect(SQSAddress("https://vpce-1.sqs.eu-west-1.vpce.amazonaws.com/1/iot")?.region == nil)
    }

    @Test(arguments: [
        "", "iot", "https://", "https://host", "https://host/", "ftp://host/1/iot",
        "http://sqs.eu-west-1.amazonaws.com/1/iot",
        "https://user:secret@host/1/iot", "https://host/1/iot?x=y", "https://host/1/i\tot", "https:///1/iot",
        "http://127.0.0.1.example.com/1/iot", "https://host:port/1/iot", "https://:/iot", "https://:443/1/iot",
    ])
    func anythingElseIsNoQueue(_ text: String) {
        #expect(SQSAddress(text) == nil)
    }
}
