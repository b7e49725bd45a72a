// SPDX-License-Identifier: Apache-2.0
import Networking

/// The fields of earlier blocks that may be referred to, the newest first (RFC 7541 §2.3.2).
///
/// It takes memory with its first entry. What it holds is bounded by the size that the other end may
/// give it: the lines are shorter than their entries' sizes, and lie in at most twice the memory.
struct DynamicTable: Sendable {
    /// The entries' lines in the order of insertion, behind lines of entries that are gone.
    private(set) var bytes: [UInt8] = []

    /// The entries, a ring whose length is a power of two.
    private var ring: [TableEntry] = []

    /// Counts insertions: the newest entry has the number before it.
    private(set) var inserted: UInt32 = 0

    /// How many entries there are.
    private(set) var count = 0

    /// The sum of the entries' sizes.
    private(set) var size = 0

    /// What `size` does not exceed.
    private(set) var sizeMax: Int

    /// What the first of `bytes` counts as; an entry's `start` counts on from there.
    private var origin: UInt32 = 0

    init(sizeMax: Int) {
        self.sizeMax = sizeMax
    }

    /// The entry inserted `age` entries before the newest; nil when there is none.
    @inline(__always)
    func entry(age: Int) -> TableEntry? {
        guard age >= 0, age < count else { return nil }
        return ring[slot(of: inserted &- 1 &- UInt32(truncatingIfNeeded: age))]
    }

    /// Where the line of an entry begins in `bytes`.
    @inline(__always)
    func start(of entry: TableEntry) -> Int { Int(entry.start &- origin) }

    /// Inserts a field, given by its line. One larger than the table empties it (RFC 7541 §4.4).
    mutating func insert(_ entry: TableEntry, line: Span<UInt8>) {
        guard makeRoom(for: entry) else { return }
        let start = bytes.count
        bytes.append(copying: line)
        record(entry, at: start)
    }

    /// Inserts a field, its name in lower case.
    mutating func insert(_ entry: TableEntry, name: Span<UInt8>, value: Span<UInt8>) {
        guard makeRoom(for: entry) else { return }
        let start = bytes.count
        bytes.append(addingCapacity: entry.lineCount) { room in
            for index in name.indices { room.append(name[index].lowercased) }
            room.append(.colon)
            room.append(.space)
            for index in value.indices { room.append(value[index]) }
            room.append(.carriageReturn)
            room.append(.lineFeed)
        }
        record(entry, at: start)
    }

    /// Sets the size that the table does not exceed (RFC 7541 §4.3).
    mutating func setSizeMax(_ sizeMax: Int) {
        self.sizeMax = sizeMax
        evict(downTo: sizeMax)
    }

    /// Whether the entry fits, once others have made room for it.
    private mutating func makeRoom(for entry: TableEntry) -> Bool {
        evict(downTo: max(0, sizeMax - entry.size))
        guard entry.size <= sizeMax else { return false }
        let live = liveStart
        // Lines of entries that are gone give way before memory is taken, once they are the greater
        // part: so a byte is moved once at most, on average. At twice the table's size they always are,
        // as a line is shorter than its entry's size; how much memory an array takes is not ours to say.
        let room = min(bytes.capacity, 2 * sizeMax)
        if bytes.count + entry.lineCount > room, live >= bytes.count - live {
            bytes.removeFirst(live)
            origin &+= UInt32(truncatingIfNeeded: live)
        }
        return true
    }

    private mutating func record(_ entry: TableEntry, at start: Int) {
        if count == ring.count { growRing(filler: entry) }
        var entry = entry
        entry.start = origin &+ UInt32(truncatingIfNeeded: start)
        ring[slot(of: inserted)] = entry
        inserted &+= 1
        count += 1
        size += entry.size
    }

    private mutating func evict(downTo limit: Int) {
        while size > limit, let oldest = entry(age: count - 1) {
            size -= oldest.size
            count -= 1
        }
    }

    /// Where the line of the oldest entry begins.
    private var liveStart: Int {
        guard let oldest = entry(age: count - 1) else { return bytes.count }
        return start(of: oldest)
    }

    private mutating func growRing(filler: TableEntry) {
        let grown = max(8, ring.count * 2)
        var entries = [TableEntry](repeating: filler, count: grown)
        for age in 0..<count {
            let number = inserted &- 1 &- UInt32(truncatingIfNeeded: age)
            entries[Int(number) & (grown - 1)] = ring[slot(of: number)]
        }
        ring = entries
    }

    @inline(__always)
    private func slot(of number: UInt32) -> Int { Int(number) & (ring.count - 1) }
}
