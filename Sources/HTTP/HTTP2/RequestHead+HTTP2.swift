// SPDX-License-Identifier: Apache-2.0
import Networking

/// A request's field section as a head (RFC 9113 §8.3.1), as strict as the parser of HTTP/1.1: an
/// origin that speaks that reads the same as we.
extension RequestHead {
    /// Takes what `section` says by exchanging the fields with it, so that nothing is copied.
    mutating func receive(
        _ section: inout FieldSection, ends: Bool, allowsProtocol: Bool
    ) throws(HTTP2Fault) {
        swap(&fields, &section.fields)
        version = .http2
        keepsAlive = true
        wantsUpgrade = false
        connectProtocol = nil
        guard section.status == nil else { throw .protocolError(.unexpectedPseudoHeader) }
        try receiveMethod(section)
        try receiveTarget(section, allowsProtocol: allowsProtocol)
        let semantics = try SectionSemantics(fields)
        try receiveHost(section.authority, semantics)
        if semantics.cookies > 1 { fields.joinCookies() }
        expects100Continue = semantics.expects100Continue
        urgency = semantics.urgency
        framing = try framing(semantics.contentLength, ends: ends)
    }

    private mutating func receiveMethod(_ section: FieldSection) throws(HTTP2Fault) {
        guard let range = section.method else { throw .protocolError(.missingPseudoHeader) }
        guard !range.isEmpty, range.count <= RequestParser.methodBytesMax,
            fields.arena.span.isAll(.token, in: range)
        else { throw .protocolError(.malformedMethod) }
        method = Method(fields.arena.span, range)
        methodRange = range
    }

    private mutating func receiveTarget(
        _ section: FieldSection, allowsProtocol: Bool
    ) throws(HTTP2Fault) {
        if let name = section.protocolName {
            guard allowsProtocol, method == .connect else {
                throw .protocolError(.unexpectedProtocol)
            }
            guard !name.isEmpty else { throw .protocolError(.emptyPseudoHeader) }
            connectProtocol = name
        } else if method == .connect {
            return try receiveTunnelTarget(section)
        }
        guard let scheme = section.scheme, let path = section.path else {
            throw .protocolError(.missingPseudoHeader)
        }
        switch StaticToken(fields.arena.span, scheme) {
        case .http, .https: break
        default: throw .protocolError(.malformedScheme)
        }
        guard !path.isEmpty else { throw .protocolError(.emptyPseudoHeader) }
        targetForm = try form(path)
        targetRange = path
        pathRange = path
    }

    /// What goes to an origin: a path, or `*`.
    private func form(_ path: Range<Int>) throws(HTTP2Fault) -> TargetForm {
        let bytes = fields.arena.span
        guard bytes.isAll(.target, in: path) else { throw .protocolError(.malformedPath) }
        do throws(HTTP1Error) {
            // Extended CONNECT has a path like any other request (RFC 8441 §4).
            let target = try RequestTarget(bytes, path, method: method == .connect ? .get : method)
            if target.form == .origin || target.form == .asterisk { return target.form }
        } catch {}
        throw .protocolError(.malformedPath)
    }

    /// RFC 9113 §8.5: CONNECT names a host and a port and nothing else.
    private mutating func receiveTunnelTarget(_ section: FieldSection) throws(HTTP2Fault) {
        guard section.scheme == nil, section.path == nil else {
            throw .protocolError(.unexpectedPseudoHeader)
        }
        guard let authority = section.authority else {
            throw .protocolError(.missingPseudoHeader)
        }
        guard Authority(fields.arena.span, authority)?.port != nil else {
            throw .protocolError(.malformedAuthority)
        }
        targetForm = .authority
        targetRange = authority
        pathRange = authority.upperBound..<authority.upperBound
    }

    /// Puts a Host field before all others, made of `:authority` where there is one (RFC 9113
    /// §8.3.1), and reads it.
    private mutating func receiveHost(
        _ named: Range<Int>?, _ semantics: SectionSemantics
    ) throws(HTTP2Fault) {
        guard semantics.hosts <= 1 else { throw .protocolError(.differingAuthority) }
        guard let asked = named ?? (semantics.hosts == 1 ? semantics.host : nil) else {
            throw .protocolError(.missingPseudoHeader)
        }
        guard var authority = Authority(fields.arena.span, asked) else {
            throw .protocolError(.malformedAuthority)
        }
        if named != nil, semantics.hosts == 1 {
            guard isSame(authority, as: Authority(fields.arena.span, semantics.host)) else {
                throw .protocolError(.differingAuthority)
            }
        }
        let moved = fields.prependHost(asked)
        authority.host =
            authority.host.lowerBound - asked.lowerBound + moved.lowerBound..<authority.host
            .upperBound - asked.lowerBound + moved.lowerBound
        hostRange = authority.host
        port = authority.port
    }

    private func isSame(_ left: Authority, as right: Authority?) -> Bool {
        guard let right else { return false }
        let bytes = fields.arena.span
        return bytes.matches(left.host, ignoringCaseOf: bytes.extracting(right.host))
            && left.port == right.port
    }

    /// How the content ends, apart from the stream.
    private func framing(_ length: UInt64?, ends: Bool) throws(HTTP2Fault) -> BodyFraming {
        // RFC 9110 §9.3.6: what follows CONNECT is no content.
        guard method != .connect || length == nil else {
            throw .protocolError(.unexpectedContent)
        }
        guard ends else { return length.map { .length($0) } ?? .chunked }
        // RFC 9113 §8.1.1
        guard length ?? 0 == 0 else { throw .protocolError(.contentLengthMismatch) }
        return .none
    }
}

extension Span<UInt8> {
    /// Whether every byte in `range` is in any of `classes`.
    fileprivate func isAll(_ classes: CharacterClass, in range: Range<Int>) -> Bool {
        for index in range where !self[index].isIn(classes) { return false }
        return true
    }
}
