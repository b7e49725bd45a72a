// SPDX-License-Identifier: Apache-2.0
import Networking

/// One side of an HTTP/2 connection (RFC 9113) without its I/O: bytes in, events out. What is to be
/// sent is appended to the `output` that each call is lent.
///
/// `output` must be the same buffer from call to call, and hold what the transport has not taken
/// yet: what the machine answered and the peer does not read is bounded by it.
///
/// It is mutated in place and takes no memory for a request of the usual size once it has seen one;
/// a connection that was never used holds none.
package struct HTTP2Machine: ~Copyable {
    package enum Role: Sendable { case server, client }

    /// What the peer did.
    package enum Event: Equatable, Sendable {
        /// Everything that is whole was taken.
        case needMore
        /// A request (server) or an answer, perhaps interim (client); `ends`: without content.
        case head(HTTP2StreamID, ends: Bool)
        /// Trailers, and with them the end of the content.
        case trailers(HTTP2StreamID)
        /// Content: this part of the bytes given, without padding. A frame may come in several.
        /// Empty only when it ends the stream.
        case data(HTTP2StreamID, Range<Int>, ends: Bool)
        /// The stream is over at once. Not by the peer: RST_STREAM was written, or 431 for a head
        /// that is too large, and nothing may have been heard of the stream before.
        case reset(HTTP2StreamID, HTTP2Fault, byPeer: Bool)
        /// The window, which was shut, is open; 0: the connection's.
        case windowOpened(HTTP2StreamID)
        /// The peer opens no more streams, or takes no more. A client's streams above `last` were
        /// not looked at and may be asked again elsewhere; the machine has forgotten them.
        case goAway(last: HTTP2StreamID, HTTP2ErrorCode)
        /// The peer's settings came; every stream's window may have changed.
        case settings
        /// PRIORITY_UPDATE (RFC 9218 §7.1) for an open stream.
        case urgency(HTTP2StreamID, UInt8)
    }

    /// What the next bytes are.
    enum Reading: Sendable {
        /// The client's preface, of which so much has come.
        case preface(Int)
        /// The peer's first SETTINGS.
        case settings
        case frame
        case data(DataFrame)
        /// Bytes of a frame that mean nothing (any more).
        case skipping(Int)
        /// Nothing: the connection is at its end.
        case nothing(HTTP2Fault)
    }

    let role: Role
    let limits: HTTP2Limits

    /// What the peer said in the section that the last `head` announced (server). Taken by
    /// swapping, so that its memory can be kept.
    package var request = RequestHead()
    /// The same at a client.
    package var answer = ResponseHead()
    /// What the last `trailers` announced, without the fields that must not come there.
    package var trailers = Fields()

    // What is received.
    var reading: Reading
    var decoder: HPACKDecoder
    var section = FieldSection()
    var pending: PendingSection?
    var connectionReceiving: CreditWindow
    /// What new streams may send us: our setting, once it binds the peer.
    var initialReceiving: Int32

    // What is sent.
    var encoder = HPACKEncoder()
    var connectionSending = FlowWindow()
    /// What the peer's settings say.
    package internal(set) var peer = HTTP2Settings()

    // The streams.
    var streams = StreamTable()
    var resets: ResetMemory
    /// The highest stream that the peer has opened.
    var highestOfPeer: HTTP2StreamID = 0
    /// Where the peer last left streams out, which closed them: above the first, below the other.
    var leftOut: (HTTP2StreamID, HTTP2StreamID) = (0, 0)
    /// The next stream that we open; a client's.
    var nextOfOurs: HTTP2StreamID = 1

    // The end.
    /// The last stream that we said we would serve, once we have said goodbye.
    var saidGoAway: HTTP2StreamID?
    var heardGoAway = false

    // Bounds.
    var abuse = AbuseLedger()
    var debt = AnswerDebt()

    package init(role: Role, limits: HTTP2Limits = HTTP2Limits()) {
        self.role = role
        self.limits = limits
        reading = role == .server ? .preface(0) : .settings
        decoder = HPACKDecoder(tableSize: limits.headerTableSize)
        connectionReceiving = CreditWindow(FlowWindow.initial)
        // RFC 9113 §6.9.2: until the peer has our settings it goes by the default.
        initialReceiving = max(FlowWindow.initial, Int32(clamping: limits.streamWindow))
        resets = ResetMemory(concurrentStreams: limits.concurrentStreams)
    }

    // MARK: How it stands

    /// Streams that are not closed.
    package var streamCount: Int { streams.count }

    /// Whether a client may open another stream here now.
    package var mayOpen: Bool {
        guard role == .client, !isDead, !heardGoAway, saidGoAway == nil else { return false }
        return nextOfOurs <= HTTP2StreamID.highest
            && streams.count < min(limits.concurrentStreams, Int(peer.concurrentStreams))
    }

    /// Whether the server takes extended CONNECT (RFC 8441).
    package var peerAllowsExtendedConnect: Bool { peer.extendedConnect }

    /// Whether a field section has begun and not ended: CONTINUATION must follow.
    package var isMidSection: Bool { pending != nil }

    /// Whether the peer has said what it must first: the preface (of a client) and SETTINGS.
    package var hasReceivedPreface: Bool {
        switch reading {
        case .preface, .settings: false
        case .frame, .data, .skipping, .nothing: true
        }
    }

    /// Whether the connection ended with an error, after which nothing is read or written.
    package var isDead: Bool {
        if case .nothing = reading { true } else { false }
    }

    /// Whether the stream is neither idle nor closed.
    package func isOpen(_ stream: HTTP2StreamID) -> Bool { streams.slot(of: stream) != nil }

    /// Whether we may still send on the stream.
    package func isSendingOpen(_ stream: HTTP2StreamID) -> Bool {
        guard let slot = streams.slot(of: stream) else { return false }
        return streams[slot].state.isSendingOpen
    }

    /// Whether the peer may still send on the stream.
    package func isReceivingOpen(_ stream: HTTP2StreamID) -> Bool {
        guard let slot = streams.slot(of: stream) else { return false }
        return streams[slot].state.isReceivingOpen
    }

    /// Gives back what memory a connection without streams can do without.
    package mutating func releaseMemory() {
        guard streams.count == 0, pending == nil else { return }
        streams.releaseIfEmpty()
        encoder.releaseBlock()
        section = FieldSection()
        request = RequestHead()
        answer = ResponseHead()
        trailers = Fields()
    }
}
