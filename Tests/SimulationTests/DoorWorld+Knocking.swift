import BrokerCore

/// What the door says, and whether it may. [T-02, T-22, T-72]
extension DoorWorld {
    func knock(_ visitor: Visitor) throws(Violation) {
        let place = visitor.place
        // Operators are never strangers.
        guard let source = place.source else { return try enter(visitor) }
        let free = Int.random(in: 1...20, using: &random)
        let ofPlace = outside.count { $0.visitor.place.pace == place.pace }
        let hasSeat = ofPlace < min(limits.waitingAtDoor - outside.count, free)
        guests += 1
        let verdict = broker.verdict(on: source, as: guests, leaving: free, at: now)
        note("\(visitor.name) comes: \(verdict)")
        switch verdict {
        case .enter:
            try demand(ofPlace == 0, "\(visitor.name) enters before those of its place who wait")
            try checkEntrance(of: visitor)
            try enter(visitor)
        case .wait:
            seen.insert(.waited)
            try demand(hasSeat && mayWait(visitor, ofPlace), "\(visitor.name) waits for what does not move")
            outside.append((guests, visitor))
        case .refuse(.waiting):
            seen.insert(.noSeat)
            book.refused(.waiting)
            try demand(!hasSeat && mayWait(visitor, ofPlace), "\(visitor.name) is sent away, and might have waited")
        case .refuse(let refusal):
            try demand(ofPlace == 0, "\(visitor.name) is sent away before those of its place who wait")
            try checkRefusal(refusal, of: visitor)
        }
        try perform()
    }

    private func mayWait(_ visitor: Visitor, _ ofPlace: Int) -> Bool {
        !isRoomy || ofPlace > 0 || book.moves(visitor.place.pace, at: now.nanoseconds)
    }

    /// Those who waited and do so no longer: of each place whoever came first. Some have lost their patience.
    func callIn() throws(Violation) {
        var gone: [Visitor] = []
        for call in broker.called(at: now) {
            guard let seat = outside.firstIndex(where: { $0.guest == call.guest }) else {
                throw Violation("somebody is called who does not wait")
            }
            let visitor = outside.remove(at: seat).visitor
            note("\(visitor.name) is called: \(call.verdict)")
            try demand(call.source == visitor.place.source, "\(visitor.name) is called, and stands elsewhere")
            try demand(
                !outside[..<seat].contains { $0.visitor.place.pace == visitor.place.pace },
                "\(visitor.name) is called before another of its place")
            switch call.verdict {
            case .enter:
                try checkEntrance(of: visitor)
                if chance(50) {
                    book.entered(visitor.place.pace)
                    gone.append(visitor)
                } else {
                    try enter(visitor)
                }
            case .wait: throw Violation("\(visitor.name) is called to wait")
            case .refuse(let refusal): try checkRefusal(refusal, of: visitor)
            }
        }
        for visitor in gone {
            seen.insert(.hungUp)
            book.hungUp(visitor.place.pace)
            if let source = visitor.place.source { broker.hungUp(source) }
        }
        try perform()
    }

    private func checkEntrance(of visitor: Visitor) throws(Violation) {
        let (pace, all) = (visitor.place.pace, book.allStrangers)
        try demand(all < limits.strangers, "\(visitor.name) enters, and \(all) strangers are there")
        guard isRoomy else { return }
        let ofPlace = book.strangers[pace] ?? 0
        try demand(
            ofPlace < limits.strangersPerSource, "\(visitor.name) enters, and \(ofPlace) of its place are there")
        try demand(
            !book.isSpent(pace, at: now.nanoseconds), "\(visitor.name) enters, and its place has failed too often")
    }

    /// Nobody is sent away for what another place did.
    private func checkRefusal(_ refusal: Admission.Refusal, of visitor: Visitor) throws(Violation) {
        book.refused(refusal)
        let (pace, all) = (visitor.place.pace, book.allStrangers)
        switch refusal {
        case .strangers:
            seen.insert(.tooManyStrangers)
            try demand(all >= limits.strangers, "\(visitor.name) is sent away, and only \(all) strangers are there")
        case .strangersOfSource:
            seen.insert(isRoomy ? .tooManyOfPlace : .overflow)
            try demand(
                !isRoomy || book.strangers[pace] ?? 0 >= limits.strangersPerSource,
                "\(visitor.name) is sent away, and there is room for strangers of its place")
        case .failures:
            seen.insert(isRoomy ? .tooManyFailures : .overflow)
            try demand(
                !isRoomy || book.isSpent(pace, at: now.nanoseconds),
                "\(visitor.name) is sent away for failures that its place did not have")
        case .waiting: throw Violation("\(visitor.name) waited, and is sent away for it")
        }
    }
}
