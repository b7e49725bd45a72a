// SPDX-License-Identifier: Apache-2.0

extension Fields {
    /// Whether a list-valued field has `token` among its members, in any case, over all fields of
    /// that name (`Connection: close, Upgrade`).
    ///
    /// A member counts as a whole: `close;x` and `"close"` are not `close`.
    package func contains(_ token: StaticToken, in name: FieldName) -> Bool {
        var found = false
        forEachMember(of: name) { bytes, member in
            found = found || StaticToken(bytes, member) == token
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

/// A list token that is part of the program, compared without case.
///
/// It is a number, its bytes in lower case from the most significant on, so that comparing needs
/// no memory.
package struct StaticToken: Equatable, Sendable {
    private let word: UInt128

    private init(_ word: UInt128) {
        self.word = word
    }

    /// The token that the part `range` of `bytes` is; nil when it is longer than any we know.
    @inline(__always)
    init?(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        guard range.count <= 16 else { return nil }
        var word: UInt128 = 0
        for index in range { word = word << 8 | UInt128(bytes[index].lowercased) }
        self.word = word
    }

    /// `close`
    package static var close: StaticToken { StaticToken(0x636c6f7365) }
    /// `keep-alive`
    package static var keepAlive: StaticToken { StaticToken(0x6b6565702d616c697665) }
    /// `upgrade`
    package static var upgrade: StaticToken { StaticToken(0x75706772616465) }
    /// `trailers`
    package static var trailers: StaticToken { StaticToken(0x747261696c657273) }
    /// `100-continue`
    package static var continuation: StaticToken { StaticToken(0x3130302d636f6e74696e7565) }
    /// `chunked`
    package static var chunked: StaticToken { StaticToken(0x6368756e6b6564) }
    /// `h2c`
    package static var h2c: StaticToken { StaticToken(0x683263) }
    /// `http`
    package static var http: StaticToken { StaticToken(0x68747470) }
    /// `https`
    package static var https: StaticToken { StaticToken(0x6874747073) }
    /// `priority`
    package static var priority: StaticToken { StaticToken(0x7072696f72697479) }
    /// `websocket`
    package static var websocket: StaticToken { StaticToken(0x776562736f636b6574) }
}

extension Span<UInt8> {
    /// `range` without the spaces and tabs at its ends.
    package func trimmingBlanks(_ range: Range<Int>) -> Range<Int> {
        var start = range.lowerBound
        var end = range.upperBound
        while start < end, self[start].isBlank { start += 1 }
        while end > start, self[end - 1].isBlank { end -= 1 }
        return start..<end
    }
}
