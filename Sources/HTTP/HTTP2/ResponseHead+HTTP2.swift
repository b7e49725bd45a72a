// SPDX-License-Identifier: Apache-2.0

/// An answer's field section as a head (RFC 9113 §8.3.2).
extension ResponseHead {
    /// Takes what `section` says by exchanging the fields with it; how much content must follow, or
    /// `OpenStream.unknown`.
    mutating func receive(
        _ section: inout FieldSection, ends: Bool, answering method: Method
    ) throws(HTTP2Fault) -> UInt64 {
        swap(&fields, &section.fields)
        version = .http2
        keepsAlive = true
        reasonRange = 0..<0
        guard !section.hasRequestPseudoHeader else {
            throw .protocolError(.unexpectedPseudoHeader)
        }
        status = try status(section)
        let semantics = try SectionSemantics(fields)
        if isInterim {
            // RFC 9113 §8.1
            guard !ends else { throw .protocolError(.interimEnds) }
            framing = .none
            return OpenStream.unknown
        }
        return try receiveLength(semantics.contentLength, ends: ends, answering: method)
    }

    private func status(_ section: FieldSection) throws(HTTP2Fault) -> Int {
        guard let range = section.status else { throw .protocolError(.missingPseudoHeader) }
        var status = 0
        for index in range {
            let digit = fields.arena[index] &- 0x30
            guard range.count == 3, digit <= 9 else { throw .protocolError(.malformedStatus) }
            status = status * 10 + Int(digit)
        }
        // RFC 9113 §8.6: there is nothing to switch to.
        guard (100...599).contains(status), status != 101 else {
            throw .protocolError(.malformedStatus)
        }
        return status
    }

    /// What Content-Length means, by the method and the status (RFC 9110 §8.6, RFC 9113 §8.1.1).
    private mutating func receiveLength(
        _ length: UInt64?, ends: Bool, answering method: Method
    ) throws(HTTP2Fault) -> UInt64 {
        framing = .none
        if method == .connect, status < 300 {
            framing = ends ? .none : .untilClose
            return OpenStream.unknown
        }
        if method == .head || status == 204 || status == 304 { return 0 }
        guard ends else {
            framing = length.map { .length($0) } ?? .untilClose
            return length ?? OpenStream.unknown
        }
        guard length ?? 0 == 0 else { throw .protocolError(.contentLengthMismatch) }
        return 0
    }
}
