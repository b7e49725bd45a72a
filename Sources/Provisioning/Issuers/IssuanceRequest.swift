// SPDX-License-Identifier: Apache-2.0
package import ACME
package import TLS

/// What a certificate is wanted for.
package struct IssuanceRequest: Sendable {
    /// The names, the first one the most important; never empty.
    package var names: [ServerName]
    package var keyKind: KeyKind
    /// What it is a renewal of. An issuer mentions it to the CA only when the CA and the account
    /// are the same (RFC 9773 §5).
    package var replaces: PriorCertificate?
    /// The issuers that CAA permits, and the challenges it permits them; nil: all.
    package var permissions: [CAAPermission]?
    /// Told each step when it is done, on the control loop.
    package var progress: @Sendable (ACMEStep) -> Void

    package init(
        names: [ServerName], keyKind: KeyKind = .p256, replaces: PriorCertificate? = nil,
        permissions: [CAAPermission]? = nil,
        progress: @escaping @Sendable (ACMEStep) -> Void = { _ in }
    ) {
        self.names = names
        self.keyKind = keyKind
        self.replaces = replaces
        self.permissions = permissions
        self.progress = progress
    }

    /// Whether CAA lets the issuer of that name be asked.
    func permits(_ issuer: String) -> Bool {
        permissions?.contains { $0.issuer == issuer } ?? true
    }

    /// Those of an issuer's challenges that CAA permits it, in the same order.
    func permitted(_ challenges: [ChallengeType], to issuer: String) -> [ChallengeType] {
        guard let permission = permissions?.first(where: { $0.issuer == issuer }) else {
            return challenges
        }
        return challenges.filter { permission.methods.contains($0.rawValue) }
    }
}

/// Where the certificate in service came from, as its metadata remembers it.
package struct PriorCertificate: Hashable, Sendable {
    /// `Issuer.name`.
    package let issuer: String
    package let accountURL: String?
    /// RFC 9773 §4.1.
    package let certificateID: CertificateID?

    package init(issuer: String, accountURL: String?, certificateID: CertificateID?) {
        self.issuer = issuer
        self.accountURL = accountURL
        self.certificateID = certificateID
    }
}
