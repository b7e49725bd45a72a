// SPDX-License-Identifier: Apache-2.0
package import TLS

/// What a certificate is ordered with.
package struct CertificateOrder: Sendable {
    /// Never empty.
    package var names: [CertificateName]
    /// The certificate request in DER, for exactly these names.
    package var csr: [UInt8]
    /// Challenge types in order of preference.
    package var challenges: [ChallengeType]
    /// Those for some of the names, in place of `challenges`.
    package var methods: [CertificateName: [ChallengeType]]
    /// One of `Directory.profiles`; nil for the CA's default.
    package var profile: String?
    /// What it renews; only for the same CA and account (RFC 9773 §5).
    package var replaces: CertificateID?
    /// The common name of an issuer that the chain should contain, when the CA offers a choice.
    package var preferredIssuer: String?
    /// For everything from the order to the chain.
    package var deadline: Duration

    package init(
        names: [CertificateName], csr: [UInt8],
        challenges: [ChallengeType] = [.tlsALPN01, .http01],
        methods: [CertificateName: [ChallengeType]] = [:], profile: String? = nil,
        replaces: CertificateID? = nil, preferredIssuer: String? = nil,
        deadline: Duration = .seconds(180)
    ) {
        self.names = names
        self.csr = csr
        self.challenges = challenges
        self.methods = methods
        self.profile = profile
        self.replaces = replaces
        self.preferredIssuer = preferredIssuer
        self.deadline = deadline
    }

    /// The challenge types by which `name` may be proven, in order of preference.
    func challenges(for name: CertificateName) -> [ChallengeType] { methods[name] ?? challenges }
}

/// What came of it.
package struct OrderedCertificate: Sendable {
    package let chain: CertificateChain
    package let orderURL: ResourceURL
    package let certificateURL: ResourceURL
}
