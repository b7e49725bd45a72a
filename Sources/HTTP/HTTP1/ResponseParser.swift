// SPDX-License-Identifier: Apache-2.0

/// Reads response heads from what is buffered of a connection (RFC 9112 §4), as strictly as
/// `RequestParser` reads requests: an origin that cannot be understood in one way only is broken.
package struct ResponseParser: Sendable {
    private enum State: Sendable {
        case version, status, reason, lineFeed, fields
    }

    private let limits: HTTP1Limits
    private var state = State.version
    private var position = 0
    private var status = 0
    private var reasonStart = 0
    private var reasonEnd = 0
    private var section = FieldSectionParser()

    package init(limits: HTTP1Limits = HTTP1Limits()) {
        self.limits = limits
    }

    /// Whether the first byte of a response has been seen: after that the request was received,
    /// and must not be sent again on another connection.
    package var hasBegun: Bool { state != .version || position > 0 }

    /// Looks at what is buffered since the last response was consumed, the whole of it each time;
    /// bytes seen before are not looked at again. `method` is that of the request answered.
    ///
    /// On `complete` the head is filled in and the parser is ready for the next, which follows at
    /// once when `head.isInterim`. An error is final.
    package mutating func parse(
        _ bytes: Span<UInt8>, answering method: Method, into head: inout ResponseHead
    ) throws(HTTP1Error) -> ParseProgress {
        if state != .fields {
            guard try parseStatusLine(bytes, into: &head) else { return .needMore }
        }
        let end = min(bytes.count, limits.headBytes)
        let isWhole = try section.parse(bytes, upTo: end, origin: 0, fieldsMax: limits.fields)
        guard isWhole else {
            if end == limits.headBytes { throw .headTooLarge }
            return .needMore
        }
        let consumed = section.position
        section.publish(bytes.extracting(0..<consumed), into: &head.fields)
        head.status = status
        head.reasonRange = reasonStart..<reasonEnd
        try interpret(&head, answering: method)
        state = .version
        position = 0
        return .complete(consumed: consumed)
    }

    // MARK: The status line

    /// True when the line is whole and the field lines are next.
    private mutating func parseStatusLine(
        _ bytes: Span<UInt8>, into head: inout ResponseHead
    ) throws(HTTP1Error) -> Bool {
        var index = position
        defer { position = index }
        let limit = limits.startLineBytes + 2
        let end = min(bytes.count, limit)
        while index < end {
            let byte = bytes[index]
            switch state {
            case .version:
                if index < VersionText.count {
                    guard VersionText.matches(byte, at: index) else { throw .malformedVersion }
                } else {
                    guard byte == .space else { throw .malformedVersion }
                    head.version = try VersionText.version(bytes, at: 0)
                    status = 0
                    state = .status
                }
                index += 1

            case .status:
                try receivedStatusByte(byte, offset: index - VersionText.count - 1)
                reasonStart = index + 1
                index += 1

            case .reason:
                while index < end, bytes[index].isIn(.fieldValue) { index += 1 }
                guard index < end else { continue }
                guard bytes[index] == .carriageReturn else {
                    throw bytes[index] == .lineFeed ? .bareLineFeed : .controlByteInValue
                }
                reasonEnd = index
                index += 1
                state = .lineFeed

            case .lineFeed, .fields:
                guard byte == .lineFeed else { throw .bareCarriageReturn }
                index += 1
                reasonEnd = max(reasonEnd, reasonStart)
                section.begin(at: index)
                state = .fields
                return true
            }
        }
        if index == limit { throw .headTooLarge }
        return false
    }

    /// Three digits, then the space; without reason phrase many origins leave it out, and nothing
    /// else that could mean.
    private mutating func receivedStatusByte(_ byte: UInt8, offset: Int) throws(HTTP1Error) {
        if offset < 3 {
            guard (0x30...0x39).contains(byte) else { throw .malformedStatus }
            status = status * 10 + Int(byte - 0x30)
            return
        }
        guard (100...599).contains(status) else { throw .malformedStatus }
        reasonEnd = 0
        switch byte {
        case .space: state = .reason
        case .carriageReturn: state = .lineFeed
        case .lineFeed: throw .bareLineFeed
        default: throw .malformedStatus
        }
    }

    // MARK: The fields

    private func interpret(
        _ head: inout ResponseHead, answering method: Method
    ) throws(HTTP1Error) {
        let semantics = try MessageSemantics(head.fields, version: head.version)
        let options = try semantics.connectionOptions(head.fields)
        head.framing = Self.framing(semantics, status: head.status, answering: method)
        head.keepsAlive = options.keepsAlive(head.version) && head.framing != .untilClose
    }

    /// RFC 9112 §6.3, in its order.
    private static func framing(
        _ semantics: MessageSemantics, status: Int, answering method: Method
    ) -> BodyFraming {
        if method == .head || status < 200 || status == 204 || status == 304 { return .none }
        if method == .connect, status < 300 { return .none }
        if semantics.isChunked { return .chunked }
        guard let length = semantics.contentLength else { return .untilClose }
        return length == 0 ? .none : .length(length)
    }
}
