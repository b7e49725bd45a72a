// SPDX-License-Identifier: Apache-2.0
package import Networking

/// One line of the access log: a request and what became of it.
package struct AccessRecord: Sendable {
    package let client: IPAddress
    package let host: String
    package let method: String
    package let target: String
    /// What the client was answered; 0 when it left before an answer.
    package let status: Int
    package let requestID: String
    package let duration: Duration
}

/// Something about traffic that the operator should know.
package enum ProxyEvent: Sendable {
    /// The origin did not answer a request as it should.
    case originFailed(requestID: String, host: String, reason: String)
    /// An origin failed too often and gets no requests for a time.
    case originPutAside(origin: String, time: Duration, reason: String)
    /// It answered its trial.
    case originCameBack(origin: String)
    /// A peer broke the rules of HTTP/2, or asked too much: the stream ended, or the whole connection.
    case protocolFault(client: IPAddress, reason: String, endsConnection: Bool)
    /// A peer sent what is no request; it was answered `status` and forwarded to nobody.
    case malformedRequest(client: IPAddress, reason: String, status: Int)
}

/// Where a data loop leaves what happened. Called on the loop; must not block.
package protocol ProxyObserver: Sendable {
    /// Whether records are wanted: without it none is made.
    var wantsAccessRecords: Bool { get }
    func record(_ record: AccessRecord)
    func note(_ event: ProxyEvent)
}
