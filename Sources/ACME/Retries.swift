// SPDX-License-Identifier: Apache-2.0

/// Whether a request that failed is sent again, and after which pause.
struct Retries {
    private var pauses: ArraySlice<Duration>
    /// A request that never left may be sent again whatever it does.
    private var connectPauses: ArraySlice<Duration>
    private var nonces: Int
    private let retryAfterMax: Duration

    /// A request is repeatable when the CA changes nothing for it.
    init(_ limits: ACMEClient.Limits, isRepeatable: Bool) {
        pauses = isRepeatable ? limits.retryPauses[...] : []
        connectPauses = limits.retryPauses[...]
        nonces = limits.nonceRetries
        retryAfterMax = limits.retryAfterMax
    }

    /// Nil when the error is final.
    mutating func pause(after error: ACMEError) -> Duration? {
        switch error.cause {
        case .problem(let problem, _, _) where problem.name == "badNonce":
            guard nonces > 0 else { return nil }
            nonces -= 1
            return .zero
        case .problem(_, 500..., let retryAfter), .status(500..., let retryAfter, _):
            guard retryAfter ?? .zero <= retryAfterMax, let pause = pauses.popFirst() else {
                return nil
            }
            return max(pause, retryAfter ?? .zero)
        case .unreachable(_, let wasSent):
            return wasSent ? pauses.popFirst() : connectPauses.popFirst()
        default: return nil
        }
    }
}
