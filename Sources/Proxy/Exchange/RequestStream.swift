// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking

/// The client's side of one exchange, whatever version of HTTP it speaks: where the request comes from
/// and the answer goes to.
protocol RequestStream: AnyObject, TunnelEnd {
    associatedtype RequestBody: BodySource
    associatedtype AnswerBody: BodySink

    var request: RequestHead { get set }
    /// What kind of request it is.
    var traits: RequestHead.Traits { get }
    /// Lends the host that the request is for, as `RequestHead.withHost` does.
    func withRequestHost<R>(_ body: (Span<UInt8>) -> R) -> R

    /// How long the request's body is, when all of it is at hand and small enough to be sent twice; 0
    /// when there is none.
    var bufferedBody: Int? { get }
    /// Lends that body.
    func withBufferedBody(_ body: (Span<UInt8>) -> Void)
    /// Lets it go: it will not be needed again.
    func consumeBufferedBody()
    /// The body that is not at hand.
    func requestBody(limits: HTTP1Limits) -> RequestBody
    /// Lets whoever waits for more of the body go.
    func interruptBody()

    /// A tunnel begins: `drain` is called when the edge is to end, if the client is not told otherwise.
    func tunnelBegins(drain: @escaping () -> Void)

    /// Called once, when the client gives up before its answer is whole.
    var onAbandon: (() -> Void)? { get set }

    /// Whether it has given up: nothing that is sent reaches it.
    var isGone: Bool { get }

    /// Sends an answer of our own.
    func respond(_ answer: OwnAnswer) async throws(ServerError)
    /// Passes on a 1xx head other than 101, if the client knows those.
    func sendInterim(
        _ answer: inout ResponseHead, _ forwarding: ForwardedFields, timeout: Duration
    ) async throws(TransportError)
    /// Passes on the head of an answer; with the place for its body, if it has one.
    func sendHead(
        _ answer: inout ResponseHead, _ forwarding: ForwardedFields, timeout: Duration
    ) async throws(TransportError) -> AnswerBody?
    /// Passes on that the origin has switched protocols.
    func sendSwitching(
        _ answer: inout ResponseHead, _ forwarding: ForwardedFields, timeout: Duration
    ) async throws(TransportError)

    /// The answer is whole and the request is not: the rest of it is not waited for.
    func endEarly()
    /// What was sent of the answer must not look whole.
    func abort()
}
