// SPDX-License-Identifier: Apache-2.0

/// Reads request heads from what is buffered of a connection (RFC 9112 §3).
///
/// Strict: whatever two parsers might read in two ways is an error, after which the connection
/// has no next request. Takes no memory once it has seen a request of the usual size.
package struct RequestParser: Sendable {
    private enum State: Sendable {
        case leading, leadingLineFeed, method, target, version, lineFeed, fields
    }

    private let limits: HTTP1Limits
    private var state = State.leading
    private var position = 0
    private var emptyLines = 0
    private var start = 0
    private var methodEnd = 0
    private var targetStart = 0
    private var targetEnd = 0
    private var versionStart = 0
    private var section = FieldSectionParser()

    /// Longer than any registered method (IANA, 2024: UPDATEREDIRECTREF).
    static let methodBytesMax = 32

    /// Empty lines that may stand before a request (RFC 9112 §2.2).
    private static let emptyLinesMax = 2

    package init(limits: HTTP1Limits = HTTP1Limits()) {
        self.limits = limits
    }

    /// Whether the first byte of a request has been seen: what tells a slow request from an idle
    /// connection.
    package var hasBegun: Bool { state != .leading && state != .leadingLineFeed }

    /// Looks at what is buffered since the last request was consumed, the whole of it each time;
    /// bytes seen before are not looked at again.
    ///
    /// On `complete` the head is filled in and the parser is ready for the next. An error is
    /// final; it says with which status to answer.
    package mutating func parse(
        _ bytes: Span<UInt8>, into head: inout RequestHead
    ) throws(HTTP1Error) -> ParseProgress {
        if state != .fields {
            guard try parseRequestLine(bytes, into: &head) else { return .needMore }
        }
        let limit = start + limits.headBytes
        let end = min(bytes.count, limit)
        let isWhole = try section.parse(
            bytes, upTo: end, origin: start, fieldsMax: limits.fields)
        guard isWhole else {
            if end == limit { throw .headTooLarge }
            return .needMore
        }
        let consumed = section.position
        section.publish(bytes.extracting(start..<consumed), into: &head.fields)
        try interpret(&head)
        state = .leading
        position = 0
        emptyLines = 0
        return .complete(consumed: consumed)
    }

    // MARK: The request line

    /// True when the line is whole and the field lines are next.
    private mutating func parseRequestLine(
        _ bytes: Span<UInt8>, into head: inout RequestHead
    ) throws(HTTP1Error) -> Bool {
        var index = position
        defer { position = index }
        guard try skipEmptyLines(bytes, &index) else { return false }
        let limit = start + limits.startLineBytes + 2
        let end = min(bytes.count, limit)
        while index < end {
            switch state {
            case .method:
                let methodLimit = min(end, start + Self.methodBytesMax + 1)
                while index < methodLimit, bytes[index].isIn(.token) { index += 1 }
                if index == start + Self.methodBytesMax + 1 { throw .methodTooLong }
                guard index < methodLimit else { continue }
                guard bytes[index] == .space, index > start else { throw .malformedMethod }
                methodEnd = index
                index += 1
                targetStart = index
                state = .target

            case .target:
                while index < end, bytes[index].isIn(.target) { index += 1 }
                guard index < end else { continue }
                guard bytes[index] == .space, index > targetStart else {
                    throw Self.fault(inTarget: bytes[index])
                }
                targetEnd = index
                index += 1
                versionStart = index
                state = .version

            case .version:
                let offset = index - versionStart
                if offset < VersionText.count {
                    guard VersionText.matches(bytes[index], at: offset) else {
                        throw .malformedVersion
                    }
                } else {
                    try endVersion(bytes, index, &head)
                    state = .lineFeed
                }
                index += 1

            case .lineFeed, .leading, .leadingLineFeed, .fields:
                guard bytes[index] == .lineFeed else { throw .bareCarriageReturn }
                index += 1
                try endLine(bytes, next: index, &head)
                return true
            }
        }
        if index == limit { throw .targetTooLong }
        return false
    }

    private mutating func skipEmptyLines(
        _ bytes: Span<UInt8>, _ index: inout Int
    ) throws(HTTP1Error) -> Bool {
        while index < bytes.count, !hasBegun {
            switch (state, bytes[index]) {
            case (.leadingLineFeed, .lineFeed):
                state = .leading
                index += 1
            case (.leadingLineFeed, _):
                throw .bareCarriageReturn
            case (_, .lineFeed):
                throw .bareLineFeed
            case (_, .carriageReturn):
                guard emptyLines < Self.emptyLinesMax else { throw .malformedMethod }
                emptyLines += 1
                state = .leadingLineFeed
                index += 1
            default:
                start = index
                state = .method
            }
        }
        return hasBegun
    }

    private func endVersion(
        _ bytes: Span<UInt8>, _ index: Int, _ head: inout RequestHead
    ) throws(HTTP1Error) {
        guard bytes[index] == .carriageReturn else {
            throw bytes[index] == .lineFeed ? .bareLineFeed : .malformedVersion
        }
        head.version = try VersionText.version(bytes, at: versionStart)
    }

    /// Reads the target as a whole, so that its faults are answered before any field is.
    private mutating func endLine(
        _ bytes: Span<UInt8>, next: Int, _ head: inout RequestHead
    ) throws(HTTP1Error) {
        head.method = Method(bytes, start..<methodEnd)
        let target = try RequestTarget(bytes, targetStart..<targetEnd, method: head.method)
        head.targetForm = target.form
        head.methodRange = 0..<methodEnd - start
        head.targetRange = targetStart - start..<targetEnd - start
        head.pathRange = target.path.lowerBound - start..<target.path.upperBound - start
        section.begin(at: next)
        state = .fields
    }

    private static func fault(inTarget byte: UInt8) -> HTTP1Error {
        switch byte {
        case .lineFeed: .bareLineFeed
        // `GET /` alone: HTTP/0.9.
        case .carriageReturn: .malformedVersion
        default: .malformedTarget
        }
    }

    // MARK: The fields

    /// What the whole head means; the last chance to refuse it.
    private func interpret(_ head: inout RequestHead) throws(HTTP1Error) {
        let semantics = try MessageSemantics(head.fields, version: head.version)
        try interpretHost(semantics, &head)
        let options = try semantics.connectionOptions(head.fields)
        head.keepsAlive = options.keepsAlive(head.version)
        let is11 = head.version >= .http11
        // RFC 9110 §7.8, §10.1.1: HTTP/1.0 knows neither.
        // RFC 9113 §3.1: h2c is obsolete. Behind a switch to it, requests would pass unread.
        head.wantsUpgrade =
            is11 && options.upgrade && semantics.hasUpgrade
            && !head.fields.contains(.h2c, in: .upgrade)
        head.expects100Continue = is11 && semantics.expects100Continue
        if semantics.isChunked {
            head.framing = .chunked
        } else if let length = semantics.contentLength, length > 0 {
            head.framing = .length(length)
        } else {
            head.framing = .none
        }
    }

    /// RFC 9112 §3.2: exactly one valid Host, and no target that says otherwise. HTTP/1.0 may
    /// leave it out.
    private func interpretHost(
        _ semantics: MessageSemantics, _ head: inout RequestHead
    ) throws(HTTP1Error) {
        let authority = try Self.authority(semantics, head)
        head.hostRange = authority?.host ?? 0..<0
        head.port = authority?.port
        // RFC 9112 §3.2.2: what is passed on has a Host, and be it the target's.
        guard semantics.hosts == 0, let authority else { return }
        var text = Array(head.fields.arena[authority.host])
        if let port = authority.port { text += Array(":\(port)".utf8) }
        head.fields.append(.host, text)
    }

    private static func authority(
        _ semantics: MessageSemantics, _ head: borrowing RequestHead
    ) throws(HTTP1Error) -> Authority? {
        let bytes = head.fields.arena.span
        if semantics.hosts > 1 { throw .repeatedHost }
        if semantics.hosts == 0, head.version >= .http11 { throw .missingHost }
        var host: Authority?
        if semantics.hosts == 1 {
            host = Authority(bytes, semantics.host)
            if host == nil { throw .malformedHost }
        }
        guard head.targetForm == .absolute || head.targetForm == .authority else { return host }
        let target = try RequestTarget(bytes, head.targetRange, method: head.method)
        guard let asked = target.authority, let host else { return target.authority }
        guard bytes.matches(asked.host, ignoringCaseOf: bytes.extracting(host.host)),
            asked.port ?? target.defaultPort == host.port ?? target.defaultPort
        else { throw .differingAuthority }
        return host
    }
}
