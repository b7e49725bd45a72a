// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking

/// What a source of content has now.
enum BodyPiece: Equatable {
    /// So many bytes; with the last of them the body is whole.
    case content(Int, isLast: Bool)
    /// Nothing yet.
    case wait
    /// Nothing any more: the body is whole.
    case end
}

/// Where a body comes from: the content of one message as it arrives, its framing taken off.
///
/// Never more than one read ahead, so that a slow reader slows the writer and fills no memory of ours.
protocol BodySource: SendableMetatype {
    /// What is there. Content that it tells of is taken, by `consume`, before it is asked again.
    mutating func piece() throws(BodyError) -> BodyPiece
    /// Waits for more; fails when the peer is silent for too long, or leaves before the end.
    mutating func receive() async throws(BodyError)
    /// Lends the next `count` bytes of what `piece` told of.
    func withContent<R, E: Error>(_ count: Int, _ body: (Span<UInt8>) throws(E) -> R) throws(E) -> R
    /// Takes them: they were handed on.
    mutating func consume(_ count: Int)
    /// What came behind the content, without the fields that must not come there.
    var trailers: Fields { get }
    /// Gives back what memory it has borrowed: the body is over.
    func finish()
}

/// Where a body goes to.
protocol BodySink: SendableMetatype {
    /// Passes on the next `count` bytes of a source; waits when the peer is slow. They may be held back
    /// for more until `flush`.
    mutating func send(
        _ count: Int, isLast: Bool, from source: inout some BodySource
    ) async throws(TransportError)
    /// The same, if nothing has to be waited for: most pieces need no task's frame.
    mutating func sendNow(
        _ count: Int, isLast: Bool, from source: inout some BodySource
    ) throws(TransportError) -> Bool
    /// Nothing comes for a while: what was held back goes.
    mutating func flush() async throws(TransportError)
    /// The same, if nothing has to be waited for.
    mutating func flushNow() throws(TransportError) -> Bool
    /// The body is whole. Not called after a last piece.
    mutating func end(_ trailers: Fields) async throws(TransportError)
    /// Every wait from now on may take as long as this.
    func allow(_ duration: Duration)
    /// The body broke off: the peer must not take what it got for the whole.
    func abort()
}
