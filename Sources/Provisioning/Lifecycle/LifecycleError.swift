// SPDX-License-Identifier: Apache-2.0
package import Registry
package import TLS

/// Why the management of certificates declines: each case is whose turn it is and what would help. Every
/// dialect says it in its own words.
package enum LifecycleError: Error, Sendable {
    /// There is none of that number or name for this account.
    case notFound(Event.Subject.Kind, String)
    /// A value that cannot be: the field as the native API calls it, and what it should be.
    case invalid(field: String, reason: String)
    /// Proof by e-mail, by organization and other ways that no edge can go.
    case unsupportedValidation(field: String, value: String)
    /// OV, EV, an unknown plan or product: nothing that ACME could stand for.
    case unsupportedProduct(field: String, value: String)
    /// The name does not point here, or CAA is against it.
    case notRouted(DomainReport)
    /// dns-01 is needed, and the CNAME for it is missing.
    case needsDelegation(CertificateName, Delegation)
    /// There is nothing to download yet.
    case notIssued(VersionNumber)
    /// We have no private key: the client made the request.
    case keyUnavailable(VersionNumber)
    /// It does not go with what is there: an open issuance, a second link, a name that is taken.
    case conflict(String)
    /// A list with numbered pages that would read too many objects to count what is wanted.
    case tooBroad
    /// It was changed since the caller looked.
    case changedMeanwhile
    /// A bound of ours or of the CA; in seconds where a time is known.
    case rateLimited(String, retryAfter: Int?)
    /// What was uploaded is not fit to serve, and why.
    case unfit(field: String, UploadProblem)
    /// Storage or our own program.
    case unavailable(String)
}

/// What is wrong with an uploaded chain or key.
package enum UploadProblem: Error, Hashable, Sendable {
    case unreadable(String)
    /// A certificate whose issuer is not among those uploaded; its common name.
    case missingIntermediate(issuer: String)
    case wrongKey
    /// Which one, and when: `shop.example expired on 2026-11-20T23:49:42Z`.
    case expired(String)
    /// Likewise: `shop.example is not valid before 2026-11-20T23:49:42Z`.
    case notYetValid(String)
    /// A key or signature below what clients accept: `shop.example is signed with sha1`.
    case weak(String)
    /// Sound, but nothing that handshakes could be made with; why.
    case unsuitable(String)
    case namesNotCovered([String])
    /// Certificates that are no part of the leaf's chain.
    case unrelated([String])

    /// Stable, for problem documents.
    package var code: String {
        switch self {
        case .unreadable: "unreadable"
        case .missingIntermediate: "missing_intermediate"
        case .wrongKey: "wrong_key"
        case .expired: "expired"
        case .notYetValid: "not_yet_valid"
        case .weak: "weak"
        case .unsuitable: "unsuitable"
        case .namesNotCovered: "names_not_covered"
        case .unrelated: "unrelated_certificates"
        }
    }
}
