// SPDX-License-Identifier: Apache-2.0

/// Finds the entries of an encoder's dynamic table by name: for each entry, the one before it whose
/// name is the same or falls into the same bucket.
///
/// Nothing is done for entries that are evicted: a chain ends where it leaves the table.
struct TableIndex: Sendable {
    struct Link: Sendable {
        /// The number of the insertion that came before in this bucket.
        var previous: UInt32
        /// Of the value.
        var fingerprint: UInt32
        var key: NameKey
    }

    /// The number of the newest insertion of each bucket.
    private var newest: [UInt32] = []

    /// The links of the entries in the table, a ring whose length is a power of two.
    private var ring: [Link] = []

    /// The number of the newest insertion in the bucket of a name.
    @inline(__always)
    func newest(of key: NameKey) -> UInt32? {
        newest.isEmpty ? nil : newest[key.bucket]
    }

    @inline(__always)
    func link(of number: UInt32) -> Link { ring[Int(number) & (ring.count - 1)] }

    /// Takes up the insertion `number` of a table that has `count` entries with it.
    mutating func insert(_ number: UInt32, key: NameKey, fingerprint: UInt32, count: Int) {
        if newest.isEmpty {
            // No entry has this number for as long as the first few are in the table.
            newest = [UInt32](repeating: number &- 1, count: NameKey.buckets)
        }
        let link = Link(previous: newest[key.bucket], fingerprint: fingerprint, key: key)
        if count > ring.count { growRing(newest: number, filler: link) }
        ring[Int(number) & (ring.count - 1)] = link
        newest[key.bucket] = number
    }

    private mutating func growRing(newest number: UInt32, filler: Link) {
        let grown = max(8, ring.count * 2)
        var links = [Link](repeating: filler, count: grown)
        for age in 0..<ring.count {
            let number = number &- 1 &- UInt32(truncatingIfNeeded: age)
            links[Int(number) & (grown - 1)] = link(of: number)
        }
        ring = links
    }
}

/// What a name is found by in an encoder's tables.
struct NameKey: Equatable, Sendable {
    private let rawValue: UInt16

    /// A name that the static table has.
    init(staticIndex: Int) {
        rawValue = UInt16(truncatingIfNeeded: staticIndex)
    }

    /// A known name.
    init(_ name: FieldName) {
        rawValue = 64 + UInt16(name.rawValue)
    }

    /// Any other name, in any case: names of one key may differ.
    init(hashing name: Span<UInt8>) {
        var hash = UInt16(truncatingIfNeeded: name.count)
        if !name.isEmpty {
            let last = name.count - 1
            hash &+= UInt16(name[0].lowercased) &+ UInt16(name[last].lowercased) &* 5
            hash &+= UInt16(name[last / 2].lowercased) &* 25
        }
        rawValue = 0x8000 | hash
    }

    /// Whether names of one key may differ.
    var isHash: Bool { rawValue & 0x8000 != 0 }

    static let buckets = 64

    var bucket: Int { Int(rawValue) % Self.buckets }
}
