// SPDX-License-Identifier: Apache-2.0

/// Who an issuer is in the eyes of CAA records.
package struct CAAIdentity: Sendable, Hashable {
    /// What the configuration calls the issuer, to tell permissions apart.
    package var issuer: String
    /// The names that permit it, from `caaIdentities` of its directory or the configuration, in
    /// lower case. Empty for an issuer that CAA does not concern: the internal CA.
    package var domains: [String]
    /// The URI of our account there; nil when there is none yet.
    package var accountURI: String?
    /// The validation methods that we can use, preferred first: `tls-alpn-01`, `http-01`.
    package var methods: [String]

    package init(issuer: String, domains: [String], accountURI: String?, methods: [String]) {
        self.issuer = issuer
        self.domains = domains.map { $0.lowercased() }
        self.accountURI = accountURI
        self.methods = methods
    }
}

/// An issuer that a domain's CAA records permit.
package struct CAAPermission: Sendable, Hashable {
    /// `CAAIdentity.issuer`.
    package var issuer: String
    /// The methods permitted among those we can use, preferred first.
    package var methods: [String]

    package init(issuer: String, methods: [String]) {
        self.issuer = issuer
        self.methods = methods
    }
}
