import AdminProtocol
import Testing

@testable import BrokerCore

/// An operator at a desk: says a command, and reads what came of it.
struct Operator {
    let scene: Scene
    let caller: AdminDesk.Caller

    init(_ scene: Scene, name: String = "alice", role: Role = .operator) {
        self.scene = scene
        let client = scene.connect(.admin(name: name, role: role), Array("console-\(name)".utf8), from: "unix")
        let id = client.connection?.id ?? ConnectionID(slot: 0, generation: 0)
        caller = AdminDesk.Caller(connection: id, name: name, role: role, address: "unix")
    }

    func say(_ text: String) throws -> (answer: Answer, deeds: [AdminDesk.Deed]) {
        var deeds = scene.desk.handle(
            Array(text.utf8), from: caller, scene.observatory, into: &scene.effects, at: scene.now)
        guard case .answer(let bytes)? = deeds.first else {
            throw AdminError(.unavailable, "no answer")
        }
        deeds.removeFirst()
        return (try Answer(bytes: bytes), deeds)
    }

    func say(
        _ command: Command, _ args: String = "{}", id: String = "1", reason: String? = nil
    ) throws -> (answer: Answer, deeds: [AdminDesk.Deed]) {
        let why = reason.map { #","reason":"\#($0)""# } ?? ""
        return try say(#"{"v":1,"id":"\#(id)","cmd":"\#(command.rawValue)","args":\#(args)\#(why)}"#)
    }

    /// What is pushed to this operator as time passes.
    func hears(after milliseconds: Int64) throws -> [StreamMessage] {
        scene.pass(milliseconds: milliseconds)
        return try Operator.messages(scene.desk.elapsed(scene.observatory, at: scene.now), to: caller.connection)
    }

    static func messages(_ deeds: [AdminDesk.Deed], to connection: ConnectionID) throws -> [StreamMessage] {
        try deeds.compactMap { deed in
            guard case .push(connection, let bytes, _) = deed else { return nil }
            return try StreamMessage(bytes: bytes)
        }
    }
}
