// SPDX-License-Identifier: Apache-2.0

/// Where a stream stands (RFC 9113 §5.1). Idle and closed streams have no state: the one is above
/// the highest opened, the other is at most that and not in the table. Nobody may push, so nothing
/// is ever reserved.
enum HTTP2StreamState: Equatable, Sendable {
    case open
    /// We have sent our last frame.
    case halfClosedLocal
    /// The peer has sent its last frame.
    case halfClosedRemote

    var isSendingOpen: Bool { self != .halfClosedLocal }
    var isReceivingOpen: Bool { self != .halfClosedRemote }

    /// END_STREAM was sent; nil: the stream is closed.
    var sentEnd: HTTP2StreamState? { self == .halfClosedRemote ? nil : .halfClosedLocal }

    /// END_STREAM was received; nil: the stream is closed.
    var receivedEnd: HTTP2StreamState? { self == .halfClosedLocal ? nil : .halfClosedRemote }
}

/// What is kept of a stream that is not closed.
struct OpenStream: Sendable {
    var id: HTTP2StreamID
    var state = HTTP2StreamState.open
    /// Whether the final head has come: then HEADERS are trailers. Requests open with theirs.
    var hasHead = false
    /// What was asked, for what an answer's length means (RFC 9110 §8.6).
    var method = Method.other
    /// Interim answers so far.
    var interims: UInt8 = 0
    /// What the peer lets us send.
    var sending: FlowWindow
    /// What we let the peer send.
    var receiving: CreditWindow
    /// Content still to come as Content-Length says.
    var remaining = Self.unknown

    /// A length that was not given.
    static let unknown = UInt64.max
}
