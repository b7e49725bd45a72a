// SPDX-License-Identifier: Apache-2.0
package import Networking

/// Heads as HTTP/1.1 text (RFC 9112 §3, §4, §5), always under our own version.
extension ByteBuffer {
    /// Appends a whole request head for an origin: the target in origin form (or `*`), the fields
    /// as they are now, the empty line.
    package mutating func append(_ head: RequestHead) {
        appendRequestLine(of: head)
        append(head.fields)
        appendLineEnd()
    }

    /// Appends a whole response head: status line, the fields as they are now, the empty line.
    package mutating func append(_ head: ResponseHead) {
        appendStatusLine(of: head)
        append(head.fields)
        appendLineEnd()
    }

    /// Appends the status line alone, with the reason phrase that was received.
    package mutating func appendStatusLine(of head: ResponseHead) {
        // HTTP/2 has no reason phrases.
        guard head.version < .http2 else { return appendStatusLine(head.status) }
        append("HTTP/1.1 ")
        append(decimal: UInt64(head.status))
        append(.space)
        append(head.fields.arena.span.extracting(head.reasonRange))
        appendLineEnd()
    }

    /// Appends the request line alone.
    package mutating func appendRequestLine(of head: RequestHead) {
        let bytes = head.fields.arena.span
        // RFC 8441 §5: what is a CONNECT with a protocol in HTTP/2 is a GET that asks for an upgrade here.
        if head.isExtendedConnect {
            append("GET")
        } else {
            append(bytes.extracting(head.methodRange))
        }
        append(.space)
        // RFC 9112 §3.2.4: an absolute target without path asks OPTIONS of the server as a whole.
        if head.pathRange.isEmpty {
            append(head.method == .options ? UInt8(ascii: "*") : UInt8(ascii: "/"))
        } else if head.targetForm == .absolute,
            bytes[head.pathRange.lowerBound] == UInt8(ascii: "?")
        {
            append(UInt8(ascii: "/"))
        }
        append(bytes.extracting(head.pathRange))
        append(" HTTP/1.1")
        appendLineEnd()
    }

    /// Appends the status line of a response of ours, with the registered reason phrase.
    package mutating func appendStatusLine(_ status: Int) {
        append("HTTP/1.1 ")
        append(decimal: UInt64(status))
        append(.space)
        append(ReasonPhrase.of(status))
        appendLineEnd()
    }

    /// Appends field lines without the empty line behind them. Neighbours that lie in the arena
    /// as they are to be sent are copied together.
    package mutating func append(_ fields: Fields) {
        let bytes = fields.arena.span
        var run = 0..<0
        var index = 0
        while index < fields.entries.count {
            let entry = fields.entries[index]
            index += 1
            if entry.isLine, Int(entry.nameStart) == run.upperBound {
                run = run.lowerBound..<entry.lineRange.upperBound
                continue
            }
            append(bytes.extracting(run))
            if entry.isLine {
                run = entry.lineRange
            } else {
                run = 0..<0
                append(
                    name: bytes.extracting(entry.nameRange),
                    value: bytes.extracting(entry.valueRange))
            }
        }
        append(bytes.extracting(run))
    }

    /// Appends one field line whose value is known to be well-formed.
    package mutating func append(_ name: FieldName, _ value: Span<UInt8>) {
        name.withLineBeginning { append($0) }
        append(value)
        appendLineEnd()
    }

    package mutating func append(_ name: FieldName, _ value: String) {
        append(name, value.utf8.span)
    }

    package mutating func append(_ name: FieldName, decimal value: UInt64) {
        name.withLineBeginning { append($0) }
        append(decimal: value)
        appendLineEnd()
    }

    /// Appends CRLF: the end of a line, or the empty line behind the fields.
    package mutating func appendLineEnd() {
        append("\r\n")
    }
}
