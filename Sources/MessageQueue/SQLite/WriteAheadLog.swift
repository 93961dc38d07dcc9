import Glibc

/// The write-ahead log beside a SQLite file, looked at before SQLite opens it. [T-59] [T-65]
///
/// Of a log with a damaged frame SQLite reads what stands before it and forgets the rest without a word, although it
/// may have been acknowledged. Two things say that there was more: frames of a later commit behind the damaged one, for
/// a commit begins when the one before it is on the disk; and the index that a killed process leaves behind, which
/// counts the frames it had committed.
enum WriteAheadLog {
    /// What is missing from the log of the database at `path`, in words; nil if nothing is, as far as anybody can know.
    ///
    /// Only before this process opens the database: closing a file gives up the locks that SQLite holds on it.
    static func damage(of path: String) -> String? {
        for _ in 0..<3 {
            let before = state(of: path)
            let found = look(at: path)
            // Another program that uses the database may have begun the log anew in between.
            if state(of: path) == before { return found }
        }
        return nil
    }

    /// Copies a damaged log to a place of its own, for a person to look at, and says in a sentence what happened; nil if
    /// it is whole. What cannot be kept is not thrown away: then the database is not to be opened.
    static func keepIfDamaged(of path: String, at now: Int64) throws(StoreError) -> String? {
        guard let damage = damage(of: path) else { return nil }
        let sentence = "\(path) has lost what was committed last: \(damage)"
        guard access(path + "-wal", F_OK) == 0 else { return sentence }
        let copy = "\(path)-wal.damaged-\(now / 1_000)"
        guard let reason = Reader.copy(path + "-wal", to: copy) else { return "\(sentence); it is kept as \(copy)" }
        throw .unavailable("\(sentence); it cannot be kept as \(copy): \(reason)")
    }

    private static func look(at path: String) -> String? {
        let index = Index(path + "-shm")
        guard let log = Reader(path + "-wal"), let start = log.bytes(at: 0, count: Header.length) else {
            guard let index, index.frames > index.copied else { return nil }
            return "its write-ahead log is gone, and \(index.frames - index.copied) pages with it"
        }
        guard let header = Header(start) else {
            // A log in the making may be empty still.
            return start.allSatisfy { $0 == 0 } ? nil : "the header of its write-ahead log is damaged"
        }
        var sum = header.sum
        var whole = 0
        while let frame = log.bytes(at: header.place(of: whole), count: header.frame) {
            guard frame[8..<16] == header.salts, frame.word(at: 0) != 0 else { break }
            sum.add(frame[..<8], isBig: header.isBig)
            sum.add(frame[24...], isBig: header.isBig)
            guard sum == Checksum(frame.word(at: 16), frame.word(at: 20)) else { break }
            whole += 1
        }
        if let index, index.salts == header.salts, index.frames > whole {
            return "its write-ahead log is damaged after page \(whole) of \(index.frames)"
        }
        return holdsLaterCommit(log, header, after: whole)
            ? "its write-ahead log is damaged after page \(whole), and commits stand behind that" : nil
    }

    /// Whether frames of the same log stand behind the end of the commit that is broken. That one alone may be a write
    /// that a loss of power cut short, and nobody was told of it.
    private static func holdsLaterCommit(_ log: Reader, _ header: Header, after whole: Int) -> Bool {
        var isBroken = false
        var place = whole
        while let head = log.bytes(at: header.place(of: place), count: 24) {
            if head[8..<16] == header.salts {
                if isBroken { return true }
                // The last frame of a commit says how large the database is.
                isBroken = head.word(at: 4) != 0
            }
            place += 1
        }
        return false
    }

    /// What changes when somebody writes.
    private static func state(of path: String) -> [[UInt8]?] {
        let index = Reader(path + "-shm")
        return [
            index?.bytes(at: 0, count: 48), index?.bytes(at: 96, count: 4),
            Reader(path + "-wal")?.bytes(at: 0, count: Header.length),
        ]
    }

    /// The first bytes of the log, as SQLite's file format has them.
    private struct Header {
        static let length = 32

        let page: Int
        let salts: ArraySlice<UInt8>
        let sum: Checksum
        /// Whether its checksums are over big-endian words.
        let isBig: Bool

        /// Nil for what is no header.
        init?(_ bytes: [UInt8]) {
            guard bytes.word(at: 0) & ~1 == 0x377F_0682 else { return nil }
            isBig = bytes.word(at: 0) & 1 == 1
            page = Int(bytes.word(at: 8))
            guard (512...65_536).contains(page), page & (page - 1) == 0 else { return nil }
            salts = bytes[16..<24]
            var sum = Checksum(0, 0)
            sum.add(bytes[..<24], isBig: isBig)
            guard sum == Checksum(bytes.word(at: 24), bytes.word(at: 28)) else { return nil }
            self.sum = sum
        }

        var frame: Int { 24 + page }
        func place(of number: Int) -> Int { Header.length + number * frame }
    }

    /// What SQLite's index of the log says, in the memory file that its processes share.
    private struct Index {
        /// Frames that belong to commits, and how many of them are in the database already.
        let frames: Int
        let copied: Int
        let salts: ArraySlice<UInt8>

        /// Nil where there is none, or none that is finished.
        init?(_ path: String) {
            guard let bytes = Reader(path)?.bytes(at: 0, count: 100), bytes[..<48] == bytes[48..<96] else { return nil }
            // The layout's version, and whether it was filled in; all of it in this machine's own order.
            guard bytes.number(at: 0) == 3_007_000, bytes[12] == 1 else { return nil }
            var sum = Checksum(0, 0)
            sum.add(bytes[..<40], isBig: 1.bigEndian == 1)
            guard sum == Checksum(bytes.number(at: 40), bytes.number(at: 44)) else { return nil }
            frames = Int(bytes.number(at: 16))
            copied = Int(bytes.number(at: 96))
            salts = bytes[32..<40]
        }
    }

    /// Two sums that run over a log from its first byte to its last.
    private struct Checksum: Equatable {
        private var first: UInt32
        private var second: UInt32

        init(_ first: UInt32, _ second: UInt32) {
            self.first = first
            self.second = second
        }

        /// Adds whole pairs of words.
        mutating func add(_ bytes: ArraySlice<UInt8>, isBig: Bool) {
            bytes.withUnsafeBytes { bytes in
                for place in stride(from: 0, to: bytes.count - 7, by: 8) {
                    let one = bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self)
                    let two = bytes.loadUnaligned(fromByteOffset: place + 4, as: UInt32.self)
                    first = first &+ (isBig ? one.bigEndian : one.littleEndian) &+ second
                    second = second &+ (isBig ? two.bigEndian : two.littleEndian) &+ first
                }
            }
        }
    }

    /// A file that is only read.
    private final class Reader {
        private let file: Int32

        init?(_ path: String) {
            file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
            guard file >= 0 else { return nil }
        }

        deinit {
            close(file)
        }

        /// Nil if it has not so many there.
        func bytes(at place: Int, count: Int) -> [UInt8]? {
            var bytes = [UInt8](repeating: 0, count: count)
            var have = 0
            while have < count {
                let got = bytes.withUnsafeMutableBytes {
                    pread(file, $0.baseAddress.map { $0 + have }, count - have, off_t(place + have))
                }
                if got < 0, errno == EINTR { continue }
                guard got > 0 else { return nil }
                have += got
            }
            return bytes
        }

        /// Copies a file for its owner alone, and waits for the disk; says why if it could not.
        static func copy(_ path: String, to copy: String) -> String? {
            guard let source = Reader(path) else { return String(cString: strerror(errno)) }
            let target = open(copy, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
            guard target >= 0 else { return String(cString: strerror(errno)) }
            defer { close(target) }
            var portion = [UInt8](repeating: 0, count: 1 << 20)
            while true {
                let count = read(source.file, &portion, portion.count)
                if count == 0 { break }
                guard count > 0, write(target, portion, count) == count else { return String(cString: strerror(errno)) }
            }
            return fsync(target) == 0 ? nil : String(cString: strerror(errno))
        }
    }
}

extension RandomAccessCollection<UInt8> where Index == Int {
    /// The four bytes from `place` on as a number, the largest first.
    fileprivate func word(at place: Int) -> UInt32 {
        self[place..<place + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// The same in this machine's own order.
    fileprivate func number(at place: Int) -> UInt32 {
        1.bigEndian == 1 ? word(at: place) : word(at: place).byteSwapped
    }
}
