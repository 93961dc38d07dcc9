/// Every bound of the broker, each with its reason. [SD-6]
package struct Limits: Equatable, Sendable {
    /// From accept over TLS to CONNECT, in milliseconds: one deadline that bytes do not reset. [T-02]
    package var connectDeadline: Int64 = 5_000
    /// Sockets whose peers have not introduced themselves: in all, and from one address. Many workers share one, and a
    /// storm of them has few at the door at a time, because those who are there are heard before more are let in. [T-02]
    package var strangers = 4_096
    package var strangersPerSource = 2_048
    /// So many of one address are heard before the next ones are asked in, while things move: those wait, and no deadline
    /// runs meanwhile. A fleet behind one address comes back through this. [T-72]
    package var strangersAtOnce = 512
    /// Sockets that wait so, each a descriptor and a hundred bytes. One address has half of the places, so that ten
    /// thousand workers behind it find one each. [T-72]
    package var waitingAtDoor = 24_000
    /// Things move while so many of that address introduce themselves in a tenth of a second; who says nothing keeps
    /// nobody out for longer than that. [T-72] [T-02]
    package var introductions = 10
    /// Attempts of one address that came to nothing: so many at once and so many a second, then it is let in no faster.
    /// Thousands of workers of a pool that was reset may stand behind one address with good ones. [T-22]
    package var failuresPerSource = 2_000
    package var failuresPerSecond = 500
    /// Addresses that are remembered; all further ones are treated as one. [T-22]
    package var sources = 10_000
    /// Failures of one identity before it is not heard for a second, then two, four and so on, at most for so many
    /// milliseconds; forgotten when it was quiet for so many. A person who mends a worker tries it a few times. [T-22]
    package var failuresPerIdentity = 5
    package var longestPenalty: Int64 = 60_000
    package var failureMemory: Int64 = 60_000
    /// Identities that are remembered, each with about 200 bytes; further ones are held to their address's pace
    /// only. [T-22]
    package var identities = 10_000
    /// Sockets that wait for their refusal, and how long at most, in milliseconds: clients give up on us soon after,
    /// and then dial again. [T-22]
    package var penalised = 256
    package var penaltyPatience: Int64 = 5_000

    /// A worker is called stuck when something waits for it and it has acknowledged nothing for so long, in
    /// milliseconds: a worker answers in milliseconds.
    package var stuckAfter: Int64 = 15_000
    /// A packet before CONNECT is accepted: no one unknown may hold more of our memory. The open listener, which only
    /// this machine reaches, takes any CONNECT that the standard allows: client ids and wills of 65,535 bytes. [T-01]
    package var packetBeforeConnect = 16_384
    /// A packet of a worker or the platform: 128 KiB of payload, as AWS IoT Core has it, and a header.
    package var workerPacket = 131_072 + 1_024
    /// A packet of anybody else: what Mosquitto takes unless told otherwise, and one of them fits every outbox.
    package var openPacket = 2_000_000
    /// Bytes and levels of a worker's topics: AWS parity; the platform needs four levels. [T-07]
    package var workerTopicBytes = 256
    package var workerTopicLevels = 8
    /// Levels of anybody's topics: deeper ones only cost memory. Suites go up to 200 slashes. [T-07]
    package var topicLevels = 201
    /// Filters in one SUBSCRIBE, and subscriptions of one worker. [T-19]
    package var workerFilters = 8
    package var workerSubscriptions = 50
    /// Subscriptions of anybody else. [T-19]
    package var subscriptions = 10_000

    /// Messages of one client that it sent and we have not acknowledged in full. [T-11]
    package var receiveMaximum = 100
    /// QoS 2 messages of one session that were not released, over all its connections, and so the bound of a 3.1.1
    /// client, which cannot be told another; two bytes each, so there is room. [T-11]
    package var unreleased = 1_000
    /// Topic aliases of one connection. [T-12]
    package var topicAliases = 16
    /// The same for anybody else: what Mosquitto grants, whose suite compares CONNACK byte for byte.
    package var openTopicAliases = 10
    /// Topic aliases that we use towards one client, whatever more it would take.
    package var aliasesOut = 16
    /// Messages in flight to one client, whatever more it would take.
    package var inFlight = 8_192

    /// What a worker may publish in a second; beyond it is read later, never dropped. AWS IoT Core's bounds. [T-25]
    package var workerMessagesPerSecond = 100
    package var workerBytesPerSecond = 524_288

    /// Output of a worker that waits; beyond it the worker is cut. [T-24]
    package var workerOutbox = 1_048_576
    /// Output of anybody else: a subscriber of all workers may lag behind thousands of publishers for a moment.
    package var openOutbox = 67_108_864
    /// How long output may wait for a socket, in milliseconds. [T-24]
    package var outboxAge: Int64 = 30_000
    /// How long output may wait before the connection is called congested, in milliseconds: a third of the way to its
    /// end, so that somebody can look. [T-78]
    package var congestion: Int64 = 10_000
    /// Above the first, publishers to the connection are paused; below the second they go on.
    package var outboxHigh = 262_144
    package var outboxLow = 65_536
    /// Room for output that is kept between two turns: enough for a burst to thousands of workers, and little beside
    /// what these take themselves.
    package var spareBytes = 16_777_216
    /// Messages and bytes that wait in a session: marks at which publishers are paused…
    package var queueHigh = 1_000
    package var queueHighBytes = 1_048_576
    /// … and bounds at which messages are given up, and counted. [T-24]
    package var queued = 10_000
    package var queuedBytes = 16_777_216
    /// How long a subscriber that does not move may hold up its publishers, in milliseconds. [T-25]
    package var patience: Int64 = 2_000

    /// How long a session outlives its connection at most, in seconds: 7 days.
    package var sessionExpiry: UInt32 = 604_800
    /// The same for open clients of MQTT 5: as long as they ask for, or for ever. [MQTT-3.1.2-23]
    package var openSessionExpiry: UInt32 = .max
    /// Sessions, connected or not: each costs about a kilobyte.
    package var sessions = 100_000
    /// What a client with MQTT 5 is told to keep alive at most, and how 3.1.1 values beyond AWS's bound are taken, in
    /// seconds. [T-20]
    package var keepAlive: UInt16 = 300
    package var oldKeepAlive: UInt16 = 1_200
    /// Takeovers of one client id within ten seconds before the newcomer has to wait. [T-23]
    package var takeovers = 3
    package var takeoverWindow: Int64 = 10_000
    /// Refused publishes before the connection is ended.
    package var denials = 10

    /// Retained messages, and topics whose subscribers are remembered.
    package var retained = 100_000
    /// Places that are looked at for expired messages, at most once a second, before one more is refused or while memory
    /// is short: about a millisecond's work.
    package var retainedSearch = 131_072
    package var topics = 32_768
    /// The longest topic that is remembered; longer ones are found anew each time, or a few clients could fill the
    /// memory with names. [T-16]
    package var rememberedTopicBytes = 1_024

    /// Bytes of one client that wait for the durable queue. [T-61]
    package var waitingBytes = 1_048_576
    /// Bytes of all clients that wait for the durable queue: beyond, each is paused with its next message, and nobody is
    /// let in. [T-61] [T-70]
    package var queueBytes = 268_435_456
    /// How long after the durable queue's return a client whose will is put off may take to come back, in
    /// milliseconds. [T-61]
    package var queueWillGrace: Int64 = 30_000
    /// How long a client is not read because of the durable queue before it is sent away, in milliseconds. [T-61]
    package var queuePatience: Int64 = 60_000
    /// How long the durable queue may be in trouble before new workers are turned away, in milliseconds. [T-61]
    package var queueGrace: Int64 = 5_000

    /// Bytes held for others, in all: a small machine's; the server says what this one has. [T-70]
    package var memory = 1 << 30
    /// In percent of that: publishers are not read, nobody new is let in, the largest consumer is ended. [T-70]
    package var memoryHigh = 75
    package var memorySevere = 90
    package var memoryFull = 100
    /// Below this it is over; apart from the first mark, so that it is not crossed at every message. [T-70]
    package var memoryRelaxed = 70
    /// How long a publisher is not read at a time for want of memory, in milliseconds: what it acknowledges in between
    /// is what gives memory back. [T-70]
    package var memoryPause: Int64 = 2_000

    /// How late the event loop may be before somebody should know, in milliseconds. [T-76]
    package var lateness: Int64 = 250

    /// How long a worker may take to be back after a restart before its will is said, in milliseconds. [T-62]
    package var willGrace: Int64 = 60_000
    /// How long CONNACK may wait until the will is written down, in milliseconds.
    package var willPatience: Int64 = 5_000
    /// How long, at a stop, a client may wait for its last PUBACK beyond its turn, in milliseconds.
    package var drainPatience: Int64 = 1_000

    package init() {}
}
