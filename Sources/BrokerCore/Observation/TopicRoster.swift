/// The topics that were published to, and their shapes.
struct TopicRoster {
    private var topics: [[UInt8]: TopicRecord] = [:]
    private(set) var records: [TopicRecord] = []
    private(set) var shapes: [[UInt8]: TopicShape] = [:]
    /// Counts for all topics above the bound. [T-16]
    let others = TopicRecord(name: [], shape: nil)

    mutating func topic(named name: [UInt8]) -> TopicRecord {
        if let known = topics[name] { return known }
        guard topics.count < ObservationLimits.topics, name.count <= ObservationLimits.topicBytes else { return others }
        let shapeName = TopicShape.name(of: name)
        let shape = shapes[shapeName] ?? TopicShape(name: shapeName)
        shapes[shapeName] = shape
        let record = TopicRecord(name: name, shape: shape)
        shape.topics.append(record)
        topics[name] = record
        records.append(record)
        return record
    }
}
