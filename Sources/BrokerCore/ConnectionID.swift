/// Names one connection while it lives: a place in a table, and which tenant of that place.
package struct ConnectionID: Hashable, Sendable {
    package let slot: UInt32
    package let generation: UInt32

    package init(slot: UInt32, generation: UInt32) {
        self.slot = slot
        self.generation = generation
    }
}
