// SPDX-License-Identifier: Apache-2.0
import Networking

/// What HTTP/2 spells otherwise than HTTP/1.1 does, put right at the end of the arena.
extension Fields {
    /// Puts a Host field with the value that lies at `value` of the arena before all fields, in the
    /// place of those there are; where its value lies then.
    mutating func prependHost(_ value: Range<Int>) -> Range<Int> {
        removeAll(.host)
        let start = arena.count
        arena.append(copying: "host: ".utf8.span)
        arena.append(copyingOwn: value)
        arena.append(copying: "\r\n".utf8.span)
        let entry = line(from: start, name: .host, nameCount: 4)
        entries.insert(entry, at: 0)
        seen.insert(.host)
        return entry.valueRange
    }

    /// Makes one Cookie field of all (RFC 9113 §8.2.3), in the place of the first.
    mutating func joinCookies() {
        guard let first = firstIndex(of: .cookie) else { return }
        let start = arena.count
        var isNeverIndexed = false
        arena.append(copying: "cookie".utf8.span)
        for entry in entries where entry.name == .cookie {
            isNeverIndexed = isNeverIndexed || entry.isNeverIndexed
            arena.append(copying: (arena.count == start + 6 ? ": " : "; ").utf8.span)
            arena.append(copyingOwn: entry.valueRange)
        }
        arena.append(copying: "\r\n".utf8.span)
        let joined = line(
            from: start, name: .cookie, nameCount: 6, isNeverIndexed: isNeverIndexed)
        entries.removeAll { $0.name == .cookie }
        entries.insert(joined, at: first)
    }

    /// The line from `start` to the end of the arena.
    private func line(
        from start: Int, name: FieldName, nameCount: Int, isNeverIndexed: Bool = false
    ) -> Entry {
        let valueStart = start + nameCount + 2
        return Entry(
            nameStart: UInt32(truncatingIfNeeded: start),
            nameCount: UInt32(truncatingIfNeeded: nameCount),
            valueStart: UInt32(truncatingIfNeeded: valueStart),
            valueCount: UInt32(truncatingIfNeeded: arena.count - 2 - valueStart),
            name: name, isLine: true, isNeverIndexed: isNeverIndexed)
    }
}
