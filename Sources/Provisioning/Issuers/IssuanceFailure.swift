// SPDX-License-Identifier: Apache-2.0
package import ACME

/// Why one issuer gave no certificate.
package struct IssuerError: Error, Sendable, CustomStringConvertible {
    /// `Issuer.name`.
    package let issuer: String
    /// Whose side failed, which decides whether the next issuer is asked and when to try again.
    package let `class`: ACMEErrorClass
    /// The error itself: an `ACMEError`, or what storage or libssl said.
    package let underlying: any Error

    package init(issuer: String, class: ACMEErrorClass, underlying: any Error) {
        self.issuer = issuer
        self.class = `class`
        self.underlying = underlying
    }

    /// Whether the same request may succeed later, with nothing changed: what a CA declines, CAA and an
    /// account that somebody has to mend stay as they are.
    package var isTransient: Bool {
        switch self.class {
        case .outage, .rateLimited, .local: true
        case .validation: (underlying as? ACMEError)?.isAboutReach ?? true
        case .account, .refused: false
        }
    }

    /// How long the CA asks to be left alone, where it says.
    package var retryAfter: Duration? {
        if case .rateLimited(let wait) = self.class { return wait }
        return (underlying as? ACMEError)?.retryAfter
    }

    package var description: String { "\(issuer): \(underlying)" }
}

/// Why no issuer gave a certificate: every issuer's own error, in the order they were asked.
package struct IssuanceFailure: Error, Sendable, CustomStringConvertible {
    package let errors: [IssuerError]

    package init(errors: [IssuerError]) {
        self.errors = errors
    }

    /// What the failure as a whole amounts to. An error that ended the sequence speaks for all; when
    /// every issuer was tried, the one that may work again soonest does.
    package var `class`: ACMEErrorClass {
        guard let last = errors.last else { return .local }
        if !last.class.allowsNextIssuer { return last.class }
        if errors.contains(where: { $0.class == .outage }) { return .outage }
        let waits = errors.compactMap { error in
            if case .rateLimited(let retryAfter) = error.class { retryAfter } else { nil }
        }
        if let soonest = waits.min() { return .rateLimited(retryAfter: soonest) }
        return last.class
    }

    /// Whether asking again later may help. An error that ended the sequence speaks for all; when every
    /// issuer was tried, one that may work again is enough.
    package var isTransient: Bool {
        guard let last = errors.last, last.class.allowsNextIssuer else {
            return errors.last?.isTransient ?? false
        }
        return errors.contains(where: \.isTransient)
    }

    /// How long to wait at least before that, where the issuers say: all of them are asked again, so that
    /// the one that asks for the longest time counts.
    package var retryAfter: Duration? {
        errors.filter(\.isTransient).compactMap(\.retryAfter).max()
    }

    package var description: String {
        errors.isEmpty
            ? "no issuer may be asked" : errors.map(\.description).joined(separator: "; ")
    }
}

extension ACMEErrorClass {
    /// A CA that is down, is out of quota, or dislikes us or the name says nothing about the next
    /// one. A domain that fails validation fails everywhere, and our own trouble goes with us.
    package var allowsNextIssuer: Bool {
        switch self {
        case .outage, .rateLimited, .account, .refused: true
        case .validation, .local: false
        }
    }
}
