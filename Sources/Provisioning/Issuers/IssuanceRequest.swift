// SPDX-License-Identifier: Apache-2.0
package import ACME
package import TLS

/// What a certificate is wanted for.
package struct IssuanceRequest: Sendable {
    /// The names, the first one the most important; never empty.
    package var names: [CertificateName]
    package var key: RequestedKey
    /// The challenges by which a name can be proven, as DNS has it; of these an issuer takes what
    /// it prefers. A name that is missing can be proven by all.
    package var methods: [CertificateName: [ChallengeType]]
    /// What it is a renewal of. An issuer mentions it to the CA only when the CA and the account
    /// are the same (RFC 9773 §5).
    package var replaces: PriorCertificate?
    /// The issuers that CAA permits for a name, and the challenges it permits them; for a name that
    /// is missing, all.
    package var permissions: [CertificateName: [CAAPermission]]
    /// Told each step when it is done, on the control loop.
    package var progress: @Sendable (ACMEStep) -> Void

    package init(
        names: [CertificateName], key: RequestedKey = .fresh(.p256),
        methods: [CertificateName: [ChallengeType]] = [:], replaces: PriorCertificate? = nil,
        permissions: [CertificateName: [CAAPermission]] = [:],
        progress: @escaping @Sendable (ACMEStep) -> Void = { _ in }
    ) {
        self.names = names
        self.key = key
        self.methods = methods
        self.replaces = replaces
        self.permissions = permissions
        self.progress = progress
    }

    /// Whether CAA lets the issuer of that name be asked for all of the names.
    func permits(_ issuer: String) -> Bool {
        names.allSatisfy { name in
            permissions[name]?.contains { $0.issuer == issuer } ?? true
        }
    }

    /// Those of an issuer's challenges by which each name may be proven and which CAA permits it,
    /// preferred first.
    func permitted(
        _ challenges: [ChallengeType], to issuer: String
    ) -> [CertificateName: [ChallengeType]] {
        var permitted: [CertificateName: [ChallengeType]] = [:]
        for name in names {
            let ways = challenges.filter { methods[name]?.contains($0) ?? true }
            let permission = permissions[name]?.first { $0.issuer == issuer }
            permitted[name] = ways.filter { way in
                (way == .dns01 || !name.isWildcard)
                    && permission?.methods.contains(way.rawValue) ?? true
            }
        }
        return permitted
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
