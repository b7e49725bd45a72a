// SPDX-License-Identifier: Apache-2.0

/// What the regular fields of an HTTP/2 head say about the message, read in one pass. What concerns
/// the connection was refused when the section was decoded (RFC 9113 §8.2.2).
struct SectionSemantics {
    var contentLength: UInt64?
    var hosts = 0
    /// The value of the last Host field.
    var host = 0..<0
    var cookies = 0
    var expects100Continue = false
    var urgency = Urgency.usual

    init(_ fields: Fields) throws(HTTP2Fault) {
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
                guard contentLength == nil else { throw .protocolError(.repeatedContentLength) }
                do throws(HTTP1Error) {
                    contentLength = try MessageSemantics.length(bytes, entry.valueRange)
                } catch {
                    throw .protocolError(.malformedContentLength)
                }
            case .cookie: cookies += 1
            case .expect:
                expects100Continue = StaticToken(bytes, entry.valueRange) == .continuation
            case .other where Self.isPriority(bytes, entry.nameRange):
                urgency = Urgency(bytes, entry.valueRange).value
            default: break
            }
        }
    }

    /// `priority` (RFC 9218 §5), which is not among the names that are known by number.
    private static func isPriority(_ bytes: Span<UInt8>, _ name: Range<Int>) -> Bool {
        name.count == 8 && bytes[name.lowerBound] == UInt8(ascii: "p")
            && StaticToken(bytes, name) == .priority
    }
}
