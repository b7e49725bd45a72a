// SPDX-License-Identifier: Apache-2.0

/// What was wrong with what a peer sent, and the code it was answered with. Thrown, it ended the
/// connection; in an event, one stream (RFC 9113 §5.4).
package struct HTTP2Fault: Error, Equatable, Sendable {
    package let code: HTTP2ErrorCode
    package let reason: Reason

    init(_ code: HTTP2ErrorCode, _ reason: Reason) {
        self.code = code
        self.reason = reason
    }

    /// The same for the many that are PROTOCOL_ERROR.
    static func protocolError(_ reason: Reason) -> HTTP2Fault {
        HTTP2Fault(.protocolError, reason)
    }

    /// Somebody who keeps us busy for nothing.
    static func abuse(_ reason: Reason) -> HTTP2Fault {
        HTTP2Fault(.enhanceYourCalm, reason)
    }
}

extension HTTP2Fault: CustomStringConvertible {
    /// For logs: the code's registered name and what was wrong.
    package var description: String { "\(code): \(reason)" }
}
