// SPDX-License-Identifier: Apache-2.0

/// The fields of a message head or trailer section, in order: names as spelled, values without
/// surrounding whitespace.
///
/// All text lies in one arena and each field is a pair of ranges, so that a connection that keeps
/// its `Fields` parses request after request without taking memory. A field is laid out as a line
/// (`Name: value CRLF`): what is forwarded unchanged is copied in runs of lines.
package struct Fields: Sendable {
    /// Where one field lies in the arena.
    struct Entry: Sendable {
        var nameStart: UInt32
        var nameCount: UInt32
        var valueStart: UInt32
        var valueCount: UInt32
        var name: FieldName

        /// Name and value are exactly `": "` apart and CRLF follows: the line can be copied.
        var isLine: Bool

        /// The sender of an HTTP/2 message wants it in no table on the whole way (RFC 7541 §6.2.3).
        var isNeverIndexed = false

        var nameRange: Range<Int> { Int(nameStart)..<Int(nameStart + nameCount) }
        var valueRange: Range<Int> { Int(valueStart)..<Int(valueStart + valueCount) }

        /// The whole line, when `isLine`.
        var lineRange: Range<Int> { Int(nameStart)..<Int(valueStart + valueCount) + 2 }
    }

    /// The arena. For a parsed head it begins with the start line.
    var arena: [UInt8] = []
    var entries: [Entry] = []

    /// The known names that occur, or did before a removal.
    var seen: FieldNameSet = []

    package init() {}

    /// How many fields there are.
    package var count: Int { entries.count }

    package var isEmpty: Bool { entries.isEmpty }

    /// Forgets everything; memory is kept for the next message when asked for.
    package mutating func removeAll(keepingCapacity: Bool = false) {
        arena.removeAll(keepingCapacity: keepingCapacity)
        entries.removeAll(keepingCapacity: keepingCapacity)
        seen = []
    }

    // MARK: Reading

    /// The known name of the field at `index`, or `other`.
    package func name(at index: Int) -> FieldName { entries[index].name }

    /// Lends the name of the field at `index` as it was spelled.
    package func withName<R, E: Error>(
        at index: Int, _ body: (Span<UInt8>) throws(E) -> R
    ) throws(E) -> R {
        try body(arena.span.extracting(entries[index].nameRange))
    }

    /// Lends the value of the field at `index`, without surrounding whitespace.
    package func withValue<R, E: Error>(
        at index: Int, _ body: (Span<UInt8>) throws(E) -> R
    ) throws(E) -> R {
        try body(arena.span.extracting(entries[index].valueRange))
    }

    /// Whether a field of this known name occurs.
    package func contains(_ name: FieldName) -> Bool {
        firstIndex(of: name) != nil
    }

    /// The first field of this known name, at or after `start`.
    package func firstIndex(of name: FieldName, from start: Int = 0) -> Int? {
        guard seen.contains(name) else { return nil }
        var index = start
        while index < entries.count {
            if entries[index].name == name { return index }
            index += 1
        }
        return nil
    }

    /// The first field with this name, in any case, at or after `start`.
    package func firstIndex(named name: Span<UInt8>, from start: Int = 0) -> Int? {
        let known = FieldName(name)
        guard known == .other else { return firstIndex(of: known, from: start) }
        let bytes = arena.span
        var index = start
        while index < entries.count {
            let entry = entries[index]
            if entry.name == .other, bytes.matches(entry.nameRange, ignoringCaseOf: name) {
                return index
            }
            index += 1
        }
        return nil
    }

    /// The value of the first field of this name as text; nil without one. Makes a `String`.
    package func text(of name: FieldName) -> String? {
        firstIndex(of: name).map { text(at: $0) }
    }

    /// The value of the first field of this name, in any case, as text. Makes a `String`.
    package func text(named name: String) -> String? {
        firstIndex(named: name.utf8.span).map { text(at: $0) }
    }

    /// The value of the field at `index` as text; bytes that are no UTF-8 are replaced.
    package func text(at index: Int) -> String {
        String(decoding: arena[entries[index].valueRange], as: UTF8.self)
    }

    /// The value of the field at `index`, in memory of its own.
    package func bytes(at index: Int) -> [UInt8] {
        Array(arena[entries[index].valueRange])
    }

    // MARK: Changing

    /// Appends a field whose name and value are known to be well-formed.
    package mutating func append(_ name: FieldName, _ value: Span<UInt8>) {
        append(name: name.text.utf8.span, known: name, value: value)
    }

    package mutating func append(_ name: FieldName, _ value: [UInt8]) {
        append(name, value.span)
    }

    package mutating func append(_ name: FieldName, _ value: String) {
        append(name, value.utf8.span)
    }

    /// Appends a field whose name and value are known to be well-formed (see `isValidName`,
    /// `isValidValue`): nothing is checked here.
    package mutating func append(name: Span<UInt8>, value: Span<UInt8>) {
        append(name: name, known: FieldName(name), value: value)
    }

    /// Puts one field of this name in the place of all there are.
    package mutating func set(_ name: FieldName, _ value: String) {
        removeAll(name)
        append(name, value)
    }

    /// Removes the field at `index`.
    package mutating func remove(at index: Int) {
        entries.remove(at: index)
    }

    /// Lends the fields without the first one of this known name, which stays where it is.
    package mutating func withoutFirst<R>(_ name: FieldName, _ body: (Fields) -> R) -> R {
        guard let index = firstIndex(of: name) else { return body(self) }
        let entry = entries.remove(at: index)
        defer { entries.insert(entry, at: index) }
        return body(self)
    }

    /// Removes every field of this known name.
    package mutating func removeAll(_ name: FieldName) {
        guard seen.contains(name) else { return }
        entries.removeAll { $0.name == name }
    }

    /// Removes every field of these known names.
    package mutating func removeAll(_ names: FieldNameSet) {
        guard seen.intersects(names) else { return }
        entries.removeAll { names.contains($0.name) }
    }

    /// Removes every field of these known names, and those that become one of them where `_` is read as
    /// `-`: CGI and its kin see no difference (RFC 3875 §4.1.18).
    package mutating func removeAll(spelledLike names: FieldNameSet) {
        removeAll(names)
        var index = 0
        while index < entries.count {
            let entry = entries[index]
            if entry.name == .other, arena.span.isLike(names, entry.nameRange) {
                entries.remove(at: index)
            } else {
                index += 1
            }
        }
    }

    /// Removes every field with this name, in any case.
    package mutating func removeAll(named name: Span<UInt8>) {
        var index = 0
        while let found = firstIndex(named: name, from: index) {
            entries.remove(at: found)
            index = found
        }
    }

    private mutating func append(name: Span<UInt8>, known: FieldName, value: Span<UInt8>) {
        let nameStart = UInt32(arena.count)
        arena.append(addingCapacity: name.count + value.count + 4) { room in
            for index in name.indices { room.append(name[index]) }
            room.append(.colon)
            room.append(.space)
            for index in value.indices { room.append(value[index]) }
            room.append(.carriageReturn)
            room.append(.lineFeed)
        }
        seen.insert(known)
        entries.append(
            Entry(
                nameStart: nameStart, nameCount: UInt32(name.count),
                valueStart: nameStart + UInt32(name.count) + 2, valueCount: UInt32(value.count),
                name: known, isLine: true))
    }
}

extension Fields {
    /// Whether these bytes can be a field name: a token (RFC 9110 §5.1).
    package static func isValidName(_ name: Span<UInt8>) -> Bool {
        for index in name.indices where !name[index].isIn(.token) { return false }
        return !name.isEmpty
    }

    /// Whether these bytes can be a field value: no control bytes, no whitespace at either end
    /// (RFC 9110 §5.5).
    package static func isValidValue(_ value: Span<UInt8>) -> Bool {
        for index in value.indices where !value[index].isIn(.fieldValue) { return false }
        return value.isEmpty || !(value[0].isBlank || value[value.count - 1].isBlank)
    }
}

extension Span<UInt8> {
    /// Whether the part `range` equals `other`, letters compared without case.
    package func matches(_ range: Range<Int>, ignoringCaseOf other: Span<UInt8>) -> Bool {
        guard range.count == other.count else { return false }
        for offset in 0..<other.count
        where self[range.lowerBound + offset].lowercased != other[offset].lowercased {
            return false
        }
        return true
    }
}

extension Span<UInt8> {
    /// Whether the name `range` has an underscore, and is one of `names` with `-` in the place of each.
    fileprivate func isLike(_ names: FieldNameSet, _ range: Range<Int>) -> Bool {
        var hasUnderscore = false
        for index in range where self[index] == UInt8(ascii: "_") { hasUnderscore = true }
        guard hasUnderscore else { return false }
        var folded: [UInt8] = []
        for index in range {
            folded.append(self[index] == UInt8(ascii: "_") ? UInt8(ascii: "-") : self[index])
        }
        return names.contains(FieldName(folded.span))
    }
}
