import Glibc

/// One thing that bytes are thrown at.
///
/// A target asserts laws, not only that nothing traps: what was read and written again is what it was, and what an
/// independent definition says holds too. The fuzzer keeps every input that reaches code no input reached before.
struct FuzzTarget: Sendable {
    /// The word on the command line.
    let name: String
    let run: @Sendable ([UInt8]) -> Void

    static let all: [FuzzTarget] = [
        .fixedHeader, .properties, .connect, .publish, .subscribe, .acknowledgement, .packet, .filter, .session,
        .admin, .messageBody, .text, .keys, .environment, .http,
    ]

    /// The one this process fuzzes: all are in one program, because building it costs more than running it.
    static let chosen: FuzzTarget = {
        let name = getenv("FUZZ_TARGET").map { String(cString: $0) } ?? ""
        guard let target = all.first(where: { $0.name == name }) else {
            say("FUZZ_TARGET is \"\(name)\"; there are: \(all.map(\.name).joined(separator: " "))")
            exit(2)
        }
        return target
    }()
}

/// What libFuzzer calls with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    FuzzTarget.chosen.run(Array(UnsafeBufferPointer(start: start, count: size)))
    return 0
}

/// A law: where it is broken, the process ends, and libFuzzer keeps the input.
func law(_ holds: Bool, _ sentence: @autoclosure () -> String, line: UInt = #line, file: StaticString = #fileID) {
    guard !holds else { return }
    say("A law is broken at \(file):\(line): \(sentence())")
    abort()
}

private func say(_ sentence: String) {
    let bytes = Array((sentence + "\n").utf8)
    _ = write(2, bytes, bytes.count)
}
