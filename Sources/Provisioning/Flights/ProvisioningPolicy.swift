// SPDX-License-Identifier: Apache-2.0
package import TLS

/// Who gets a certificate, from whom, and how much of that at once. Replaced as a whole when the
/// configuration is read again.
package struct ProvisioningPolicy: Sendable {
    /// Whether a handshake may cause an order at all. Default: true.
    package var onDemand = true
    /// Whether only those names are provisioned whose directory `domains/<name>/` exists in
    /// storage, be it empty: creating it registers the name. Default: false.
    package var registeredOnly = false
    /// `on_demand.ask`; nil asks nobody. Default: nil.
    package var permission: (any NamePermission)?
    /// DNS and CAA.
    package var check: any DomainCheck
    package var issuers: IssuerSequence
    /// Where dns-01 is answered; nil: nowhere. Default: nil.
    package var zone: ChallengeZoneName?
    /// Default: P-256.
    package var keyKind = KeyKind.p256
    /// The fraction of its lifetime after which a certificate is renewed. Default: 0.667.
    package var renewAt = 0.667
    package var limits = ProvisioningLimits()

    package init(check: any DomainCheck, issuers: IssuerSequence) {
        self.check = check
        self.issuers = issuers
    }
}
