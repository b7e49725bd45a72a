// SPDX-License-Identifier: Apache-2.0

/// The newest records, in the order of their keys; at most one a key.
///
/// In chunks, so that an insertion moves a few hundred records and not all.
struct MemoryTable {
    private static let chunkRecordsMax = 512

    /// None is empty.
    private(set) var chunks: [[StoredRecord]] = []
    /// What the records take, about.
    private(set) var bytes = 0

    var isEmpty: Bool { chunks.isEmpty }

    subscript(key: String) -> StoredRecord? {
        let place = place(notBefore: key)
        guard let found = record(at: place), found.key.text == key else { return nil }
        return found
    }

    mutating func put(_ record: StoredRecord) {
        bytes += record.memoryBytes
        guard !chunks.isEmpty else { return chunks.append([record]) }
        // What comes after a chunk's last record is that chunk's as well.
        let chunk = max(chunks.firstIndexAscending { $0[0].key.text > record.key.text } - 1, 0)
        let index = chunks[chunk].firstIndexAscending { $0.key >= record.key }
        if index < chunks[chunk].count, chunks[chunk][index].key == record.key {
            bytes -= chunks[chunk][index].memoryBytes
            chunks[chunk][index] = record
        } else {
            chunks[chunk].insert(record, at: index)
            if chunks[chunk].count > Self.chunkRecordsMax { split(chunk) }
        }
    }

    private mutating func split(_ chunk: Int) {
        let half = chunks[chunk].count / 2
        let upper = Array(chunks[chunk][half...])
        chunks[chunk].removeSubrange(half...)
        chunks.insert(upper, at: chunk + 1)
    }

    // MARK: Places

    /// Where a record is; `chunks.count` and 0 behind the last.
    struct Place {
        var chunk: Int
        var index: Int
    }

    func record(at place: Place) -> StoredRecord? {
        chunks.indices.contains(place.chunk) ? chunks[place.chunk][place.index] : nil
    }

    /// The first record whose key is not before `key`.
    func place(notBefore key: String) -> Place {
        let chunk = max(chunks.firstIndexAscending { $0[0].key.text > key } - 1, 0)
        guard chunk < chunks.count else { return Place(chunk: 0, index: 0) }
        let index = chunks[chunk].firstIndexAscending { $0.key.text >= key }
        guard index < chunks[chunk].count else { return Place(chunk: chunk + 1, index: 0) }
        return Place(chunk: chunk, index: index)
    }

    func place(after place: Place) -> Place {
        let isLast = place.index + 1 >= chunks[place.chunk].count
        return isLast
            ? Place(chunk: place.chunk + 1, index: 0)
            : Place(chunk: place.chunk, index: place.index + 1)
    }

    /// Nil before the first.
    func place(before place: Place) -> Place? {
        if place.index > 0 { return Place(chunk: place.chunk, index: place.index - 1) }
        guard place.chunk > 0 else { return nil }
        return Place(chunk: place.chunk - 1, index: chunks[place.chunk - 1].count - 1)
    }
}

extension Array {
    /// The first index of which `isThere` holds, where it holds of all that follow; else `count`.
    func firstIndexAscending(_ isThere: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = low + (high - low) / 2
            if isThere(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
