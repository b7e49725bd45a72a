// SPDX-License-Identifier: Apache-2.0

/// What the fields of a head say about the connection and the body, read in one pass.
struct MessageSemantics {
    var contentLength: UInt64?
    var isChunked = false
    var hosts = 0
    var host = 0..<0
    var expects100Continue = false
    var hasUpgrade = false
    var hasConnection = false
    private var transferCodings: Range<Int>?

    /// Connection options that one message may carry: far more than anyone needs, few enough that
    /// looking each up among the fields costs nothing.
    private static let connectionOptionsMax = 32

    init(_ fields: Fields, version: HTTPVersion) throws(HTTP1Error) {
        let bytes = fields.arena.span
        var index = 0
        while index < fields.entries.count {
            let entry = fields.entries[index]
            index += 1
            switch entry.name {
            case .host:
                hosts += 1
                host = entry.valueRange
            case .contentLength:
                guard contentLength == nil else { throw .repeatedContentLength }
                contentLength = try Self.length(bytes, entry.valueRange)
            case .transferEncoding:
                guard transferCodings == nil else { throw .malformedTransferEncoding }
                transferCodings = entry.valueRange
            case .connection: hasConnection = true
            case .upgrade: hasUpgrade = true
            case .expect:
                expects100Continue = StaticToken(bytes, entry.valueRange) == .continuation
            default: break
            }
        }
        guard let transferCodings else { return }
        if version < .http11 { throw .transferEncodingInHTTP10 }
        try Self.checkChunked(bytes, transferCodings)
        if contentLength != nil { throw .contentLengthAndTransferEncoding }
        isChunked = true
    }

    /// RFC 9110 §8.6: digits and nothing else; no lists of equal numbers either.
    static func length(
        _ bytes: Span<UInt8>, _ range: Range<Int>
    ) throws(HTTP1Error) -> UInt64 {
        guard !range.isEmpty else { throw .malformedContentLength }
        var length: UInt64 = 0
        for index in range {
            let digit = bytes[index] &- 0x30
            guard digit <= 9, length <= (UInt64(Int64.max) - 9) / 10 else {
                throw .malformedContentLength
            }
            length = length * 10 + UInt64(digit)
        }
        return length
    }

    /// RFC 9112 §6.1, §6.3: we know no coding but chunked, which must come once and last.
    private static func checkChunked(
        _ bytes: Span<UInt8>, _ range: Range<Int>
    ) throws(HTTP1Error) {
        if StaticToken(bytes, range) == .chunked { return }
        // Another coding first, as a well-formed list, is a thing we do not implement; anything
        // else leaves the end of the body in doubt.
        var start = range.lowerBound
        var members = 0
        while start <= range.upperBound {
            var end = start
            while end < range.upperBound, bytes[end] != .comma { end += 1 }
            let member = bytes.trimmingBlanks(start..<end)
            guard !member.isEmpty else { throw .malformedTransferEncoding }
            for index in member where !bytes[index].isIn(.token) {
                throw .malformedTransferEncoding
            }
            members += 1
            let isChunked = StaticToken(bytes, member) == .chunked
            let isLast = end == range.upperBound
            guard isChunked == isLast else { throw .malformedTransferEncoding }
            start = end + 1
        }
        throw members > 1 ? .unknownTransferCoding : .malformedTransferEncoding
    }

    /// What Connection says, over all its fields.
    func connectionOptions(_ fields: Fields) throws(HTTP1Error) -> ConnectionOptions {
        var options = ConnectionOptions()
        guard hasConnection else { return options }
        var members = 0
        fields.forEachMember(of: .connection) { bytes, member in
            members += 1
            switch StaticToken(bytes, member) {
            case .close: options.close = true
            case .keepAlive: options.keepAlive = true
            case .upgrade: options.upgrade = true
            default: break
            }
        }
        if members > Self.connectionOptionsMax { throw .tooManyConnectionOptions }
        return options
    }
}

/// The options of a Connection field that decide what becomes of the connection.
struct ConnectionOptions {
    var close = false
    var keepAlive = false
    var upgrade = false

    /// RFC 9112 §9.3.
    func keepsAlive(_ version: HTTPVersion) -> Bool {
        !close && (version >= .http11 || keepAlive)
    }
}
