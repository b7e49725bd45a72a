// SPDX-License-Identifier: Apache-2.0

/// What one commit left under one key: a value, or that there is none any more.
///
/// On the disk, in the journal as in a sorted table: two bytes of length and the key, eight of
/// revision, four of length and the value. Numbers are little-endian.
struct StoredRecord: Sendable {
    let key: RecordKey
    /// Nil: the record was removed. Stands until no older table can hold a value.
    let value: [UInt8]?
    let revision: Revision

    /// What it takes in memory, about: beside the bytes two allocations and their references.
    var memoryBytes: Int { key.text.utf8.count + (value?.count ?? 0) + 96 }

    /// What it takes on the disk.
    var storedBytes: Int { key.text.utf8.count + (value?.count ?? 0) + 14 }

    /// In the place of a value's length.
    fileprivate static let removed = UInt32.max

    /// For callers of the store; nil when it says that there is none.
    var record: Record? {
        value.map { Record(key: key, value: $0, revision: revision) }
    }
}

extension [UInt8] {
    mutating func append(number: some FixedWidthInteger) {
        var rest = number
        for _ in 0..<(number.bitWidth / 8) {
            append(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
    }

    mutating func append(key: String) {
        append(number: UInt16(key.utf8.count))
        append(contentsOf: key.utf8)
    }

    mutating func append(_ record: StoredRecord) {
        append(key: record.key.text)
        append(number: record.revision.value)
        append(number: record.value.map { UInt32($0.count) } ?? StoredRecord.removed)
        append(contentsOf: record.value ?? [])
    }
}

/// Takes numbers, keys and records from bytes of which nothing is known; nil where they are none.
struct StoredBytes {
    private let bytes: ArraySlice<UInt8>
    private var position: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    var isAtEnd: Bool { position == bytes.endIndex }

    mutating func number<Number: FixedWidthInteger>(_: Number.Type) -> Number? {
        guard let taken = take(Number.bitWidth / 8) else { return nil }
        var number: Number = 0
        for byte in taken.reversed() { number = number << 8 | Number(truncatingIfNeeded: byte) }
        return number
    }

    mutating func key() -> RecordKey? {
        guard let length = number(UInt16.self), let text = take(Int(length)) else { return nil }
        return RecordKey(String(decoding: text, as: UTF8.self))
    }

    mutating func record() -> StoredRecord? {
        guard let key = key(), let revision = number(UInt64.self),
            let length = number(UInt32.self)
        else { return nil }
        if length == StoredRecord.removed {
            return StoredRecord(key: key, value: nil, revision: Revision(revision))
        }
        guard let value = take(Int(length)) else { return nil }
        return StoredRecord(key: key, value: Array(value), revision: Revision(revision))
    }

    private mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard bytes.endIndex - position >= count else { return nil }
        defer { position += count }
        return bytes[position..<position + count]
    }
}
