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

    /// Sends the body of a client's request behind its head, when it is at hand.
    func sendBody(of client: some RequestStream, timeout: Duration) async throws(OriginError)
    /// Where the rest of the body goes to.
    func requestBody(_ framing: BodyFraming, timeout: Duration) -> RequestBody
    /// Waits for the next head of the answer.
    func receiveHead(answering method: Method, timeout: Duration) async throws(OriginError)
    /// The body behind the head received last.
    func answerBody(limits: HTTP1Limits, timeout: Duration) -> AnswerBody
    /// Both messages are whole.
    func recycle(to pool: OriginPool)
}
