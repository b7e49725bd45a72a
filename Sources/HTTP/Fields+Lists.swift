// SPDX-License-Identifier: Apache-2.0

extension Fields {
    /// Whether a list-valued field has `token` among its members, in any case, over all fields of
    /// that name (`Connection: close, Upgrade`).
    ///
    /// A member counts as a whole: `close;x` and `"close"` are not `close`.
    package func contains(_ token: StaticToken, in name: FieldName) -> Bool {
        var found = false
        forEachMember(of: name) { bytes, member in
            found = found || bytes.matches(member, ignoringCaseOf: token.bytes.span)
        }
        return found
    }

    /// Calls `body` with each non-empty member of a comma-separated field, as a part of the arena.
    func forEachMember(of name: FieldName, _ body: (Span<UInt8>, Range<Int>) -> Void) {
        var next = firstIndex(of: name)
        while let index = next {
            forEachMember(in: entries[index].valueRange, body)
            next = firstIndex(of: name, from: index + 1)
        }
    }

    private func forEachMember(
        in value: Range<Int>, _ body: (Span<UInt8>, Range<Int>) -> Void
    ) {
        let bytes = arena.span
        var start = value.lowerBound
        while start <= value.upperBound {
            var end = start
            while end < value.upperBound, bytes[end] != .comma { end += 1 }
            let member = bytes.trimmingBlanks(start..<end)
            if !member.isEmpty { body(bytes, member) }
            start = end + 1
        }
    }

    /// Removes what concerns only the connection that the message came in on: the fields of
    /// `FieldNameSet.hopByHop` and those that Connection names (RFC 9110 §7.6.1).
    ///
    /// `Trailer` and `Content-Length` stay; whoever forwards writes the framing it uses.
    package mutating func removeHopByHop() {
        if seen.contains(.connection) { removeNominated() }
        removeAll(.hopByHop)
    }

    private mutating func removeNominated() {
        var nominated: [Entry] = []
        forEachMember(of: .connection) { bytes, member in
            for entry in entries
            where bytes.matches(entry.nameRange, ignoringCaseOf: bytes.extracting(member))
                && !FieldNameSet.neverNominated.contains(entry.name)
            {
                nominated.append(entry)
            }
        }
        guard !nominated.isEmpty else { return }
        entries.removeAll { entry in
            nominated.contains { $0.nameStart == entry.nameStart }
        }
    }
}

/// A lower-case list token that is part of the program.
package struct StaticToken: Sendable {
    let bytes: [UInt8]

    private init(_ text: String) {
        bytes = Array(text.utf8)
    }

    package static let close = StaticToken("close")
    package static let keepAlive = StaticToken("keep-alive")
    package static let upgrade = StaticToken("upgrade")
    package static let trailers = StaticToken("trailers")
    package static let continuation = StaticToken("100-continue")
    package static let chunked = StaticToken("chunked")
    package static let websocket = StaticToken("websocket")
}

extension Span<UInt8> {
    /// `range` without the spaces and tabs at its ends.
    func trimmingBlanks(_ range: Range<Int>) -> Range<Int> {
        var start = range.lowerBound
        var end = range.upperBound
        while start < end, self[start].isBlank { start += 1 }
        while end > start, self[end - 1].isBlank { end -= 1 }
        return start..<end
    }
}
