// SPDX-License-Identifier: Apache-2.0

/// Where the content lies in what is buffered of a body.
package enum BodyPart: Equatable, Sendable {
    /// Drop `consumed` bytes; there is nothing to do before more arrives.
    case needMore(consumed: Int)
    /// This part of the input is content: use it, drop everything up to its end, and decode on.
    case content(Range<Int>)
    /// Drop `consumed` bytes; the body is whole and what follows is not its.
    case end(consumed: Int)
}

/// Finds the content of one body in the bytes that follow its head, whatever its framing.
///
/// Content is only pointed at: whoever forwards it copies it once, to where it goes.
package struct BodyDecoder: Sendable {
    private var framing: BodyFraming
    private var remaining: UInt64 = 0
    /// What only a chunked body needs.
    private var chunks: ChunkedDecoder?

    /// Whether the body is whole: it has been decoded to its end, or there is none.
    package private(set) var isComplete: Bool

    package init(_ framing: BodyFraming, limits: HTTP1Limits = HTTP1Limits()) {
        self.framing = framing
        if framing == .chunked { chunks = ChunkedDecoder(limits: limits) }
        isComplete = framing == .none || framing == .length(0)
        if case .length(let count) = framing { remaining = count }
    }

    /// What came behind the last chunk, without the fields that must not come there.
    package var trailers: Fields { chunks?.trailers ?? Fields() }

    /// How many bytes of content are still to come; nil when that cannot be known.
    package var contentRemaining: UInt64? {
        switch framing {
        case .none, .length: remaining
        case .chunked, .untilClose: isComplete ? 0 : nil
        }
    }

    /// Looks at the bytes that follow those dropped so far. An error is final.
    ///
    /// With a length, the body is complete as soon as the last of it was answered as content.
    package mutating func decode(_ bytes: Span<UInt8>) throws(HTTP1Error) -> BodyPart {
        guard !isComplete else { return .end(consumed: 0) }
        guard !bytes.isEmpty else { return .needMore(consumed: 0) }
        switch framing {
        case .none:
            return .end(consumed: 0)
        case .length:
            let count = Int(min(UInt64(bytes.count), remaining))
            remaining -= UInt64(count)
            isComplete = remaining == 0
            return .content(0..<count)
        case .untilClose:
            return .content(0..<bytes.count)
        case .chunked:
            guard let part = try chunks?.decode(bytes) else { return .end(consumed: 0) }
            if case .end = part { isComplete = true }
            return part
        }
    }

    /// The peer has closed: the end of some bodies, and too early for the others.
    package mutating func receivedEnd() throws(HTTP1Error) {
        guard isComplete || framing == .untilClose else { throw .truncatedBody }
        isComplete = true
    }
}
