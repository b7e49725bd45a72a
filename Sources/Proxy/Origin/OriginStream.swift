// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking

/// The origin's side of one exchange, whatever version of HTTP it speaks: where the request goes to and
/// the answer comes from.
protocol OriginStream: AnyObject, TunnelEnd {
    associatedtype RequestBody: BodySink
    associatedtype AnswerBody: BodySource

    /// The head received last.
    var head: ResponseHead { get set }

    /// Sends the head of a client's request, and its body when that is at hand.
    func send(
        _ client: some RequestStream, _ forwarding: inout ForwardedFields, timeout: Duration
    ) async throws(OriginError)
    /// Where the rest of the body goes to.
    func requestBody(_ framing: BodyFraming, timeout: Duration) -> RequestBody
    /// Waits for the next head of the answer.
    func receiveHead(answering method: Method, timeout: Duration) async throws(OriginError)
    /// The body behind the head received last.
    func answerBody(limits: HTTP1Limits, timeout: Duration) -> AnswerBody
    /// Whether the request may be sent once more after this error: the origin is known not to have
    /// looked at it, or looking twice does no harm.
    func maySendAgain(after error: OriginError, isIdempotent: Bool) -> Bool
    /// Both messages are whole.
    func recycle(to pool: OriginPool)
}
