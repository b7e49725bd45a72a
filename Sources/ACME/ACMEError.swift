// SPDX-License-Identifier: Apache-2.0

/// Why something could not be had from a CA: "finalizing the order for a.example: the CA says …".
package struct ACMEError: Error, Sendable, CustomStringConvertible {
    package enum Cause: Sendable {
        /// The CA's own words, with the pause it asks for.
        case problem(Problem, status: Int, retryAfter: Duration?)
        /// The CA looked at the domain, or at the order, and found this wrong.
        case invalid(Problem)
        /// An HTTP status that is no answer, and no problem document with it.
        case status(Int, retryAfter: Duration?, excerpt: String)
        /// An answer that does not make sense: what is wrong with it.
        case malformed(String)
        /// No connection, or none that lasted: what the HTTP client says, and whether the request may
        /// have reached the CA.
        case unreachable(String, wasSent: Bool)
        /// The CA was asked, in vain, until the deadline.
        case timedOut
        /// The account exists and may not be used: "deactivated", "revoked".
        case accountClosed(String)
        /// The CA offers no challenge type that is configured; what it does offer.
        case noChallenge(offered: [String])
        /// Our side: the challenge could not be presented, libssl refused to sign.
        case local(String)
        /// Whoever waited for this has cancelled it.
        case cancelled
    }

    package let step: ACMEStep
    package let cause: Cause

    package init(step: ACMEStep, cause: Cause) {
        self.step = step
        self.cause = cause
    }

    /// The CA knows no such account: open it anew (RFC 8555 §7.3.1).
    package var isAccountMissing: Bool {
        if case .problem(let problem, _, _) = cause {
            problem.name == "accountDoesNotExist"
        } else {
            false
        }
    }

    /// How long the CA asks to be left alone, where it says.
    package var retryAfter: Duration? {
        switch cause {
        case .problem(_, _, let retryAfter), .status(_, let retryAfter, _): retryAfter
        default: nil
        }
    }

    /// Whether the CA says that it could not reach the domain, or found something else there: what it may
    /// find otherwise later, as records spread and networks heal.
    package var isAboutReach: Bool {
        switch cause {
        case .problem(let problem, _, _), .invalid(let problem): problem.isAboutReach
        default: false
        }
    }

    package var description: String { "\(step): \(cause)" }
}

extension ACMEError.Cause: CustomStringConvertible {
    package var description: String {
        switch self {
        case .problem(let problem, let status, let retryAfter):
            "the CA says \(status) \(problem)\(Self.wait(retryAfter))"
        case .invalid(let problem): "the CA found \(problem)"
        case .status(let status, let retryAfter, let excerpt):
            "the CA answers \(status)\(Self.wait(retryAfter))\(excerpt.isEmpty ? "" : ": \(excerpt)")"
        case .malformed(let what): "the CA's answer makes no sense: \(what)"
        case .unreachable(let why, _): "the CA is not reachable: \(why)"
        case .accountClosed(let status): "the account is \(status)"
        case .timedOut: "the CA was not done by the deadline"
        case .noChallenge(let offered):
            "none of the configured challenges is offered, only \(offered.joined(separator: ", "))"
        case .local(let why): "our side failed: \(why)"
        case .cancelled: "cancelled"
        }
    }

    private static func wait(_ retryAfter: Duration?) -> String {
        retryAfter.map { ", to be retried after \($0.components.seconds) s" } ?? ""
    }
}

extension ACMEError {
    /// Whose side the error is on.
    package var `class`: ACMEErrorClass {
        switch cause {
        case .problem(let problem, let status, let retryAfter):
            problem.class(status: status, retryAfter: retryAfter)
        case .invalid(let problem):
            switch problem.class(status: problem.status ?? 0, retryAfter: nil) {
            // What the CA found when it looked at the domain is the domain's, whatever its name.
            case .account, .refused: .validation
            case let other: other
            }
        case .status(429, let retryAfter, _): .rateLimited(retryAfter: retryAfter)
        case .status, .malformed, .unreachable, .timedOut: .outage
        case .accountClosed: .account
        case .noChallenge: .refused
        case .local, .cancelled: .local
        }
    }
}

extension Problem {
    fileprivate var isAboutReach: Bool {
        guard subproblems.isEmpty else { return subproblems.allSatisfy(\.isAboutReach) }
        return switch name {
        case "connection", "dns", "incorrectResponse", "tls", "unauthorized": true
        default: false
        }
    }

    /// Whose side the problem is on, said in answer to a request of ours (RFC 8555 §6.7).
    func `class`(status: Int, retryAfter: Duration?) -> ACMEErrorClass {
        switch name {
        case "rateLimited": .rateLimited(retryAfter: retryAfter)
        case _ where status == 429: .rateLimited(retryAfter: retryAfter)
        // After all retries: no nonce of the CA's own is good enough for it.
        case "serverInternal", "badNonce": .outage
        case _ where status >= 500: .outage
        case "caa", "connection", "dns", "incorrectResponse", "tls": .validation
        case "accountDoesNotExist", "externalAccountRequired", "invalidContact", "unauthorized",
            "unsupportedContact", "userActionRequired":
            .account
        case "compound":
            subproblems.first?.class(status: status, retryAfter: retryAfter) ?? .refused
        default: .refused
        }
    }
}
