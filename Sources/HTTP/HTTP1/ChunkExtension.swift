// SPDX-License-Identifier: Apache-2.0

/// Checks what stands between a chunk's size and the end of its line, byte by byte
/// (RFC 9112 §7.1.1). The extensions mean nothing to us and are not forwarded.
struct ChunkExtension: Sendable {
    private enum State: Sendable {
        case beforeSemicolon, beforeName, name, afterName
        case beforeValue, value, quoted, escaped, afterQuoted
    }

    private var state = State.beforeName

    /// Begins with the byte that ended the size; false when that is the line's carriage return.
    mutating func begin(_ byte: UInt8) throws(HTTP1Error) -> Bool {
        state = .value
        // The size ends as an unquoted value does, but for a fault being the size's.
        switch byte {
        case UInt8(ascii: ";"), .space, 0x09, .carriageReturn: return try !received(byte)
        case .lineFeed: throw .bareLineFeed
        default: throw .malformedChunkSize
        }
    }

    /// Takes the next byte; true when it is the carriage return that ends the line.
    mutating func received(_ byte: UInt8) throws(HTTP1Error) -> Bool {
        if byte == .lineFeed { throw .bareLineFeed }
        switch state {
        case .beforeName:
            guard !byte.isBlank else { break }
            guard byte.isIn(.token) else { throw .malformedChunkExtension }
            state = .name
        case .name:
            guard !byte.isIn(.token) else { break }
            return try ended(byte, orValue: true, blank: .afterName)
        case .afterName:
            guard !byte.isBlank else { break }
            guard byte != .carriageReturn else { throw .malformedChunkExtension }
            return try ended(byte, orValue: true, blank: .afterName)
        case .beforeValue:
            guard !byte.isBlank else { break }
            guard byte == UInt8(ascii: "\"") || byte.isIn(.token) else {
                throw .malformedChunkExtension
            }
            state = byte == UInt8(ascii: "\"") ? .quoted : .value
        case .value:
            guard !byte.isIn(.token) else { break }
            return try ended(byte, orValue: false, blank: .beforeSemicolon)
        case .quoted:
            guard byte.isIn(.fieldValue) else { throw .malformedChunkExtension }
            if byte == UInt8(ascii: "\"") { state = .afterQuoted }
            if byte == UInt8(ascii: "\\") { state = .escaped }
        case .escaped:
            guard byte.isIn(.fieldValue) else { throw .malformedChunkExtension }
            state = .quoted
        case .afterQuoted:
            return try ended(byte, orValue: false, blank: .beforeSemicolon)
        case .beforeSemicolon:
            guard !byte.isBlank else { break }
            guard byte == UInt8(ascii: ";") else { throw .malformedChunkExtension }
            state = .beforeName
        }
        return false
    }

    /// What may follow a name or a value: `;`, whitespace before it, or the end of the line.
    private mutating func ended(
        _ byte: UInt8, orValue: Bool, blank: State
    ) throws(HTTP1Error) -> Bool {
        switch byte {
        case .carriageReturn: return true
        case UInt8(ascii: ";"): state = .beforeName
        case UInt8(ascii: "=") where orValue: state = .beforeValue
        case .space, 0x09: state = blank
        default: throw .malformedChunkExtension
        }
        return false
    }
}
