// SPDX-License-Identifier: Apache-2.0
import Networking

/// The commits that no sorted table holds yet, in a file that only grows.
///
/// A frame is what one synchronization brought to the disk: a mark, the length and the checksum of
/// what follows, then records. A frame is begun when the one before is on the disk, so that a crash
/// can tear only the last.
final class Journal {
    /// Whether the file may end in the middle of a frame: only the one that was written last.
    enum Tail { case mayBeTorn, isWhole }

    let number: Int
    private let file: RegularFile
    /// The bytes of all whole frames.
    private(set) var size = 0
    /// A write has failed and what it left is not cut off yet.
    private var hasDebris = false

    /// What stands before each frame. No text in UTF-8 holds the first byte, so that a value that
    /// imitates a frame would have to be no text.
    private static let mark: [UInt8] = [0xff, 0x4e, 0x50, 0x4a]
    private static let headerBytes = 16
    /// Bytes of records that a frame has at most: a transaction and a batch before it.
    static let frameBytesMax = 16 << 20

    static func name(_ number: Int) -> String { "\(number).journal" }

    init(creating number: Int, in directory: borrowing Directory) throws(StorageError) {
        self.number = number
        file = try fileWork { () throws(SystemError) in
            try RegularFile(creating: Self.name(number), mode: .secret, in: directory)
        }
    }

    /// Opens a journal and gives what is in it to `take`, in the order of the commits.
    init(
        opening number: Int, in directory: borrowing Directory, tail: Tail,
        _ take: (StoredRecord) -> Void
    ) throws(StorageError) {
        self.number = number
        file = try fileWork { () throws(SystemError) in
            try RegularFile(opening: Self.name(number), in: directory)
        }
        let end = try fileWork { () throws(SystemError) in try file.size() }
        while size < end, let frame = try frame(at: size) {
            guard Self.read(frame, take) else { throw damage("unreadable records", at: size) }
            size += Self.headerBytes + frame.count
        }
        guard size < end else { return }
        guard tail == .mayBeTorn, try !holdsFrame(between: size, and: end) else {
            throw damage("a damaged frame", at: size)
        }
        try cut()
    }

    /// Returns when the records are on the disk; after an error none of them is in the journal.
    func append(_ records: [UInt8]) throws(StorageError) {
        try settle()
        var bytes = Self.mark
        bytes.reserveCapacity(Self.headerBytes + records.count)
        bytes.append(number: UInt32(records.count))
        bytes.append(number: Checksum.of(records[...]))
        bytes += records
        do {
            try file.write(bytes, at: size)
            try file.synchronize()
        } catch {
            hasDebris = true
            // At once, so that what was refused does not come back after a crash.
            try? cut()
            throw .system(error)
        }
        size += bytes.count
    }

    /// Cuts off what a failed write has left; before it nothing else may be done.
    func settle() throws(StorageError) {
        if hasDebris { try cut() }
    }

    private func cut() throws(StorageError) {
        try fileWork { () throws(SystemError) in
            try file.truncate(to: size)
            try file.synchronize()
        }
        hasDebris = false
    }

    // MARK: Reading

    /// The records of the frame at `offset`, nil where there is no whole one.
    private func frame(at offset: Int) throws(StorageError) -> ArraySlice<UInt8>? {
        let header = try read(Self.headerBytes, at: offset)
        guard let (length, sum) = Self.header(header[...]) else { return nil }
        let records = try read(length, at: offset + Self.headerBytes)[...]
        return records.count == length && Checksum.of(records) == sum ? records : nil
    }

    private static func header(_ bytes: ArraySlice<UInt8>) -> (length: Int, sum: UInt64)? {
        guard bytes.starts(with: mark) else { return nil }
        var rest = StoredBytes(bytes.dropFirst(mark.count))
        guard let length = rest.number(UInt32.self), let sum = rest.number(UInt64.self),
            1...frameBytesMax ~= Int(length)
        else { return nil }
        return (Int(length), sum)
    }

    private static func read(_ frame: ArraySlice<UInt8>, _ take: (StoredRecord) -> Void) -> Bool {
        var rest = StoredBytes(frame)
        while !rest.isAtEnd {
            guard let record = rest.record() else { return false }
            take(record)
        }
        return true
    }

    /// Whether a whole frame follows the one at `offset`, which is none: then that one was on the
    /// disk and is not torn but damaged.
    private func holdsFrame(between offset: Int, and end: Int) throws(StorageError) -> Bool {
        let rest = try read(min(end - offset, Self.searchBytesMax), at: offset)
        for index in rest.indices.dropFirst() where rest[index] == Self.mark[0] {
            guard let (length, sum) = Self.header(rest[index...]) else { continue }
            let records = rest[(index + Self.headerBytes)...].prefix(length)
            if records.count == length, Checksum.of(records) == sum { return true }
        }
        return false
    }

    /// How far the search for a frame goes: one of the largest, and the next.
    private static let searchBytesMax = 2 * (headerBytes + frameBytesMax)

    private func read(_ count: Int, at offset: Int) throws(StorageError) -> [UInt8] {
        try fileWork { () throws(SystemError) in try file.read(count, at: offset) }
    }

    private func damage(_ what: String, at offset: Int) -> StorageError {
        .damaged(path: file.path, "\(what) at byte \(offset)")
    }
}
