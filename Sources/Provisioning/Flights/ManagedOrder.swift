// SPDX-License-Identifier: Apache-2.0
import ACME
package import Registry
package import TLS

/// A certificate that somebody entitled asks for, as opposed to a visitor.
package struct ManagedOrder: Sendable {
    /// Never empty.
    package var names: [CertificateName]
    package var key: RequestedKey
    package var replaces: PriorCertificate?
    /// Whether what comes of it is installed for its names at once: handshakes that find none
    /// meanwhile wait for it.
    package var isAwaited: Bool

    package init(
        names: [CertificateName], key: RequestedKey, replaces: PriorCertificate? = nil,
        isAwaited: Bool = true
    ) {
        self.names = names
        self.key = key
        self.replaces = replaces
        self.isAwaited = isAwaited
    }
}

/// How far an order has come.
package enum OrderStage: Hashable, Sendable {
    /// DNS and CAA are looked at.
    case checking
    /// All names may have a certificate; the CA is asked.
    case authorizing
    /// A step of the proof of control over a name, and by which challenge.
    case authorization(
        CertificateName, AuthorizationProgress.State, method: String?, error: String?)
    /// All is proven; the CA signs.
    case finalizing
    case downloaded
}

/// Why an order came to nothing.
package struct OrderFailure: Error, Sendable {
    package enum Kind: Sendable {
        /// A name does not point here, or lacks the CNAME that lets us answer dns-01.
        case delegation
        /// CAA is against it, or the CA found no proof.
        case authorization
        /// The CA would not, or could not.
        case rejected
        /// Our own side.
        case local
    }

    package let kind: Kind
    /// Stable: the name of an `Ineligibility.Cause`, of an ACME problem, or of a step.
    package let code: String
    package let detail: String
    package let name: CertificateName?
    package let blame: Blame
    /// How long the CA or DNS asks to be left alone, where it says.
    package let retryAfter: Duration?
    /// Whether the same order may succeed later, without anyone changing anything for it.
    package let isTransient: Bool

    package init(
        kind: Kind, code: String, detail: String, name: CertificateName? = nil, blame: Blame,
        retryAfter: Duration? = nil, isTransient: Bool = false
    ) {
        self.kind = kind
        self.code = code
        self.detail = detail
        self.name = name
        self.blame = blame
        self.retryAfter = retryAfter
        self.isTransient = isTransient
    }
}

extension OrderFailure {
    init(_ obstacle: ProofObstacle) {
        switch obstacle {
        case .ineligible(let name, let why):
            let blame: Blame = why.cause.blame == .customer ? .domain : .operator
            self.init(
                kind: why.cause.isAboutRouting ? .delegation : .authorization,
                code: why.cause.rawValue, detail: why.advice, name: name, blame: blame,
                retryAfter: why.retryAfter, isTransient: why.cause.isTransient)
        case .undelegated(let name, let report):
            self.init(
                kind: .delegation, code: "not_delegated", detail: report.advice, name: name,
                blame: .domain)
        case .noZone(let name):
            self.init(
                kind: .delegation, code: "no_challenge_zone", detail: obstacle.description,
                name: name, blame: .operator)
        case .noMethod(let name):
            self.init(
                kind: .authorization, code: "no_method", detail: obstacle.description,
                name: name, blame: .operator)
        }
    }

    init(_ failure: IssuanceFailure) {
        let last = failure.errors.last?.underlying as? ACMEError
        let (kind, word, blame): (Kind, String, Blame) =
            switch failure.class {
            case .validation: (.authorization, "validation", .domain)
            case .rateLimited: (.rejected, "rateLimited", .issuer)
            case .outage: (.rejected, "unavailable", .issuer)
            case .account: (.rejected, "account", .operator)
            case .refused: (.rejected, "refused", .issuer)
            case .local: (.local, "local", failure.errors.isEmpty ? .operator : .us)
            }
        self.init(
            kind: kind, code: kind == .local ? word : last?.problemName ?? word,
            detail: failure.description, name: last?.step.name, blame: blame,
            retryAfter: failure.retryAfter, isTransient: failure.isTransient)
    }
}

extension ACMEStep {
    /// The name that it is about, where it is about one.
    var name: CertificateName? {
        switch self {
        case .present(let name, _), .validate(let name, _): name
        default: nil
        }
    }
}

extension ACMEError {
    /// What the CA calls it.
    fileprivate var problemName: String? {
        switch cause {
        case .problem(let problem, _, _), .invalid(let problem): problem.name
        default: nil
        }
    }
}
