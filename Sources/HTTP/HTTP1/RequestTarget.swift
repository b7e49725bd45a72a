// SPDX-License-Identifier: Apache-2.0

/// The parts of a request target, in whichever form it has (RFC 9112 §3.2).
struct RequestTarget {
    var form: RequestHead.TargetForm
    /// Path and query; empty in authority form and when an absolute target has neither.
    var path: Range<Int>
    /// Who is asked for, when the target says so.
    var authority: Authority?
    /// The port that the scheme implies: 80 or 443.
    var defaultPort: UInt16?

    /// Reads the part `range` of `bytes`, of which every byte is known to be visible ASCII.
    init(
        _ bytes: Span<UInt8>, _ range: Range<Int>, method: Method
    ) throws(HTTP1Error) {
        path = range
        if method == .connect {
            guard let authority = Authority(bytes, range), authority.port != nil else {
                throw .malformedTarget
            }
            form = .authority
            path = range.upperBound..<range.upperBound
            self.authority = authority
        } else if bytes[range.lowerBound] == UInt8(ascii: "/") {
            form = .origin
        } else if range.count == 1, bytes[range.lowerBound] == UInt8(ascii: "*") {
            guard method == .options else { throw .malformedTarget }
            form = .asterisk
        } else {
            form = .absolute
            try readAbsolute(bytes, range)
        }
        try Self.checkPath(bytes, path)
    }

    private mutating func readAbsolute(
        _ bytes: Span<UInt8>, _ range: Range<Int>
    ) throws(HTTP1Error) {
        let start: Int
        if bytes.hasPrefix("http://", at: range) {
            start = range.lowerBound + 7
            defaultPort = 80
        } else if bytes.hasPrefix("https://", at: range) {
            start = range.lowerBound + 8
            defaultPort = 443
        } else {
            throw .malformedTarget
        }
        var end = start
        while end < range.upperBound, bytes[end] != UInt8(ascii: "/"),
            bytes[end] != UInt8(ascii: "?")
        {
            end += 1
        }
        guard let authority = Authority(bytes, start..<end) else { throw .malformedTarget }
        self.authority = authority
        path = end..<range.upperBound
    }

    /// In a path `%` begins an encoded byte, and `\` is refused because some read it as `/`.
    private static func checkPath(_ bytes: Span<UInt8>, _ path: Range<Int>) throws(HTTP1Error) {
        var index = path.lowerBound
        while index < path.upperBound {
            let byte = bytes[index]
            index += 1
            if byte == UInt8(ascii: "?") { return }
            if byte == UInt8(ascii: "\\") { throw .malformedTarget }
            guard byte == UInt8(ascii: "%") else { continue }
            guard index + 1 < path.upperBound, bytes[index].isIn(.hexDigit),
                bytes[index + 1].isIn(.hexDigit)
            else { throw .malformedTarget }
            index += 2
        }
    }
}

extension Span<UInt8> {
    /// Whether the part `range` begins with `prefix` (in lower case), letters compared without case.
    fileprivate func hasPrefix(_ prefix: String, at range: Range<Int>) -> Bool {
        let prefix = prefix.utf8.span
        guard range.count >= prefix.count else { return false }
        let start = range.lowerBound
        return matches(start..<start + prefix.count, ignoringCaseOf: prefix)
    }
}
