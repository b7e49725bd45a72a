// SPDX-License-Identifier: Apache-2.0
import Networking

/// Reads field lines up to the empty line that ends them: a head's or a trailer section's
/// (RFC 9112 §5, §7.1.2).
///
/// Positions count from the start of what is buffered, which the caller keeps until the end: each
/// byte is looked at once however the input is cut.
struct FieldSectionParser: Sendable {
    private enum State: Sendable {
        case lineStart, name, beforeValue, value, lineFeed, lastLineFeed
    }

    private var state = State.lineStart
    private var nameStart = 0
    private var nameEnd = 0
    private var valueStart = 0

    /// What was found; kept apart from the `Fields` until the section is whole.
    private var entries: [Fields.Entry] = []
    private var seen: FieldNameSet = []

    /// The first byte not yet looked at.
    private(set) var position = 0

    /// Forgets the section before, and begins at `start`.
    mutating func begin(at start: Int) {
        state = .lineStart
        position = start
        entries.removeAll(keepingCapacity: true)
        seen = []
    }

    /// Looks at `bytes[position..<end]`; true when the section is whole and ends at `position`.
    ///
    /// `origin` is where the text that goes into the arena begins.
    mutating func parse(
        _ bytes: Span<UInt8>, upTo end: Int, origin: Int, fieldsMax: Int
    ) throws(HTTP1Error) -> Bool {
        var index = position
        defer { position = index }
        while index < end {
            switch state {
            case .lineStart:
                let byte = bytes[index]
                if byte == .carriageReturn {
                    index += 1
                    state = .lastLineFeed
                    continue
                }
                if byte == .lineFeed { throw .bareLineFeed }
                if byte.isBlank { throw .foldedLine }
                if entries.count == fieldsMax { throw .tooManyFields }
                nameStart = index
                state = .name

            case .name:
                while index < end, bytes[index].isIn(.token) { index += 1 }
                guard index < end else { return false }
                guard bytes[index] == .colon else { throw Self.fault(inName: bytes[index]) }
                if index == nameStart { throw .emptyFieldName }
                nameEnd = index
                index += 1
                state = .beforeValue

            case .beforeValue:
                while index < end, bytes[index].isBlank { index += 1 }
                guard index < end else { return false }
                valueStart = index
                state = .value

            case .value:
                index = bytes.firstControlByte(in: index..<end)
                guard index < end else { return false }
                if bytes[index] == 0x09 {
                    index += 1
                    continue
                }
                guard bytes[index] == .carriageReturn else {
                    throw bytes[index] == .lineFeed ? .bareLineFeed : .controlByteInValue
                }
                record(bytes, valueEnd: index, origin: origin)
                index += 1
                state = .lineFeed

            case .lineFeed:
                guard bytes[index] == .lineFeed else { throw .bareCarriageReturn }
                index += 1
                state = .lineStart

            case .lastLineFeed:
                guard bytes[index] == .lineFeed else { throw .bareCarriageReturn }
                index += 1
                return true
            }
        }
        return false
    }

    /// Hands over a whole section: `text` is what lies between `origin` and the end.
    mutating func publish(_ text: Span<UInt8>, into fields: inout Fields) {
        swap(&fields.entries, &entries)
        fields.seen = seen
        fields.arena.removeAll(keepingCapacity: true)
        fields.arena.append(copying: text)
    }

    private mutating func record(_ bytes: Span<UInt8>, valueEnd: Int, origin: Int) {
        var end = valueEnd
        while end > valueStart, bytes[end - 1].isBlank { end -= 1 }
        let name = FieldName(bytes, nameStart..<nameEnd)
        seen.insert(name)
        entries.append(
            Fields.Entry(
                nameStart: UInt32(truncatingIfNeeded: nameStart - origin),
                nameCount: UInt32(truncatingIfNeeded: nameEnd - nameStart),
                valueStart: UInt32(truncatingIfNeeded: valueStart - origin),
                valueCount: UInt32(truncatingIfNeeded: end - valueStart),
                name: name,
                isLine: end == valueEnd && valueStart == nameEnd + 2
                    && bytes[nameEnd + 1] == .space))
    }

    private static func fault(inName byte: UInt8) -> HTTP1Error {
        switch byte {
        case .lineFeed: .bareLineFeed
        case .space, 0x09: .whitespaceBeforeColon
        default: .malformedFieldName
        }
    }
}
