// SPDX-License-Identifier: Apache-2.0

/// How soon an answer is wanted (RFC 9218 §4.1): 0 first, 7 last.
struct Urgency: Equatable, Sendable {
    var value: UInt8 = Self.usual

    /// What is meant by saying nothing.
    static let usual: UInt8 = 3

    /// Reads the Priority field's value in the part `range` of `bytes`: a dictionary of
    /// `key[=value][;parameters]` (RFC 8941 §3.2). What cannot be read means nothing.
    init(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        var start = range.lowerBound
        while start < range.upperBound {
            var end = start
            while end < range.upperBound, bytes[end] != .comma { end += 1 }
            receive(bytes, bytes.trimmingBlanks(start..<end))
            start = end + 1
        }
    }

    /// One member; the last of a key holds.
    private mutating func receive(_ bytes: Span<UInt8>, _ member: Range<Int>) {
        let start = member.lowerBound
        guard member.count >= 3, bytes[start] == UInt8(ascii: "u"),
            bytes[start + 1] == UInt8(ascii: "="),
            (0x30...0x37).contains(bytes[start + 2]),
            member.count == 3 || bytes[start + 3] == UInt8(ascii: ";")
        else { return }
        value = bytes[start + 2] - 0x30
    }
}
