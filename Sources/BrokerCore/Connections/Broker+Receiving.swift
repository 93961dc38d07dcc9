import MQTT

/// From bytes to packets: whole packets are looked at where they stand, a partial one is kept until it is whole.
extension Broker {
    /// Bytes arrived, in any portions.
    package mutating func received(_ bytes: RawSpan, from id: ConnectionID, at now: Moment) {
        latest = now
        guard let connection = connections[id], connection.phase != .closing else { return }
        if !connection.isAdmin { tallies.bytesReceived &+= Int64(bytes.byteCount) }
        var start = 0
        while !connection.remainder.isEmpty {
            let wanted = connection.needed > 0 ? connection.needed : connection.remainder.count + 1
            let portion = min(wanted - connection.remainder.count, bytes.byteCount - start)
            bytes.extracting(start..<start + portion).withUnsafeBytes { connection.remainder.append(contentsOf: $0) }
            start += portion
            guard connection.remainder.count >= wanted else { return finish(connection, at: now) }
            let whole = connection.remainder
            connection.remainder = []
            let used = process(whole.span.bytes, from: 0, of: connection, at: now)
            guard connection.phase != .closing else { return finish(connection, at: now) }
            if used == 0 { connection.remainder = whole }
            if start == bytes.byteCount { break }
        }
        if start < bytes.byteCount {
            let used = process(bytes, from: start, of: connection, at: now)
            if used < bytes.byteCount, connection.phase != .closing {
                connection.remainder = bytes.copy(used..<bytes.byteCount)
            }
        }
        finish(connection, at: now)
    }

    private mutating func finish(_ connection: Connection, at now: Moment) {
        if connection.outbox.count > limits.outboxHigh { pause(connection, .answers, at: now) }
        if !overdue.isEmpty { cutOverdue(at: now) }
        watchMemory(at: now)
        // What begins that long is a message, whose end waits as whole ones do; or nobody knows whose it is. [T-70]
        guard pressure != .none, connection.remainder.count > limits.packetBeforeConnect else { return }
        if connection.phase == .awaitingConnect {
            close(connection, nil, as: .memory, "memory is short", at: now)
        } else {
            pause(connection, .memory, at: now)
        }
    }

    /// Takes the whole packets from `start` on; what is left begins at the place returned.
    private mutating func process(
        _ bytes: RawSpan, from start: Int, of connection: Connection, at now: Moment
    ) -> Int {
        var place = start
        let end = bytes.byteCount
        do throws(MalformedPacket) {
            while place < end {
                guard let header = try FixedHeader.parse(bytes, at: place) else {
                    connection.needed = 0
                    break
                }
                // [MQTT-3.1.0-1]: nobody reads on for somebody who does not introduce himself.
                if connection.phase == .awaitingConnect, header.type != .connect {
                    close(connection, nil, as: .protocolError, "the first packet is not CONNECT", at: now)
                    return end
                }
                guard header.length <= connection.packetBound else {
                    throw MalformedPacket(.packetTooLarge, "the packet is larger than allowed")
                }
                guard end &- place >= header.length else {
                    connection.needed = header.length
                    break
                }
                connection.lastIn = now.nanoseconds
                if case .publish = header.type {
                    try publish(bytes, at: place, header, from: connection, at: now)
                } else {
                    try handle(bytes, at: place, header, from: connection, at: now)
                }
                if connection.phase == .closing { return end }
                place &+= header.length
            }
            connection.record?.lastInNanoseconds = connection.lastIn
            return place
        } catch {
            refuse(error, from: connection, at: now)
            return end
        }
    }

    private mutating func handle(
        _ bytes: RawSpan, at place: Int, _ header: FixedHeader, from connection: Connection, at now: Moment
    ) throws(MalformedPacket) {
        let whole = bytes.extracting(place..<place &+ header.length)
        if !connection.isAdmin { tallies.packetsReceived &+= 1 }
        guard connection.phase == .connected, let session = connection.session else {
            try connect(whole, header, on: connection, at: now)
            return
        }
        switch header.type {
        case .pubAck, .pubRec, .pubRel, .pubComp:
            let answer: Acknowledgement
            if let id = Acknowledgement.shortID(whole, header: header) {
                answer = Acknowledgement(packetID: id)
            } else {
                answer = try decodedAcknowledgement(whole, connection)
            }
            try acknowledged(header.type, answer, session, connection, at: now)
        case .pingRequest:
            _ = try decoded(whole, connection)
            send(.pingResponse, to: connection, at: now)
        case .subscribe:
            guard case .subscribe(let packet) = try decoded(whole, connection) else { return }
            subscribe(packet, session, connection, at: now)
        case .unsubscribe:
            guard case .unsubscribe(let packet) = try decoded(whole, connection) else { return }
            unsubscribe(packet, session, connection, at: now)
        case .disconnect:
            guard case .disconnect(let packet) = try decoded(whole, connection) else { return }
            try disconnected(packet, session, connection, at: now)
        case .auth:
            _ = try decoded(whole, connection)
            // No method was agreed on at CONNECT. [MQTT-4.12.0-7]
            throw MalformedPacket(.protocolError, "AUTH without an authentication method")
        case .connect: throw MalformedPacket(.protocolError, "a second CONNECT")
        case .connAck, .publish, .subAck, .unsubAck, .pingResponse:
            throw MalformedPacket(.protocolError, "a packet only a server sends")
        }
    }

    private func decoded(_ whole: RawSpan, _ connection: Connection) throws(MalformedPacket) -> Packet {
        try Packet.decode(whole, version: connection.version, mostUserProperties: connection.mostUserProperties)
    }

    private func decodedAcknowledgement(
        _ whole: RawSpan, _ connection: Connection
    ) throws(MalformedPacket) -> Acknowledgement {
        switch try decoded(whole, connection) {
        case .pubAck(let answer), .pubRec(let answer), .pubRel(let answer), .pubComp(let answer): return answer
        case .connect, .connAck, .publish, .subscribe, .subAck, .unsubscribe, .unsubAck, .pingRequest, .pingResponse,
            .disconnect, .auth:
            throw MalformedPacket(.protocolError, "not an acknowledgement")
        }
    }

    /// The peer sent nonsense: it is told in the way of its version, and closed. [MQTT-4.13.1-1]
    private mutating func refuse(_ error: MalformedPacket, from connection: Connection, at now: Moment) {
        let gone: GoneReason =
            switch error.reason {
            case .malformedPacket: .malformed
            case .packetTooLarge: .packetTooLarge
            case .quotaExceeded, .receiveMaximumExceeded: .quotaExceeded
            case .notAuthorized: .notAuthorized
            default: .protocolError
            }
        close(connection, error.reason, as: gone, error.what.description, at: now)
    }

    /// DISCONNECT: the client's own word that it goes. [MQTT-3.14.4-3]
    private mutating func disconnected(
        _ packet: Disconnect, _ session: Session, _ connection: Connection, at now: Moment
    ) throws(MalformedPacket) {
        if let expiry = packet.properties.sessionExpiryInterval {
            guard expiry == 0 || session.expiry > 0 else {
                throw MalformedPacket(.protocolError, "a session that was to end cannot be kept any more")
            }
            session.expiry = min(expiry, longestExpiry(of: session.principal))
        }
        if packet.reason == .success {
            close(connection, nil, as: .clientClosed, "DISCONNECT", fireWill: false, at: now)
        } else {
            close(connection, nil, as: .clientClosedWithWill, "DISCONNECT \(packet.reason)", at: now)
        }
    }
}
