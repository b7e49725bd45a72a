// SPDX-License-Identifier: Apache-2.0
import HTTP
import TLS

/// An element of `issuers`: an ACME CA, or the internal one.
enum IssuerConfiguration: Sendable {
    case acme(ACMEIssuerConfiguration)
    case `internal`(InternalIssuerConfiguration)

    enum Key: String, ConfigurationKey {
        case acme
        case `internal`
    }
}

/// `issuers[].acme`: a CA that speaks RFC 8555.
struct ACMEIssuerConfiguration: Sendable {
    /// Ways to prove control of a name (RFC 8555 §8.3 and §8.4, RFC 8737).
    enum ChallengeType: String, CaseIterable, ConfigurationValue {
        case tlsALPN01 = "tls-alpn-01"
        case http01 = "http-01"
        case dns01 = "dns-01"
    }

    /// The URL of the CA's directory; having it here is agreeing to the CA's terms of service.
    let directory: HTTPURL
    /// Told to the CA as a contact. Default: none.
    var email: String?
    /// In the order of preference. Default: tls-alpn-01, http-01, and dns-01 where there is a
    /// challenge zone.
    var challenges: [ChallengeType] = [.tlsALPN01, .http01]
    fileprivate(set) var hasDefaultChallenges = true
    /// PEM certificates that the CA's own HTTPS chains to. Default: the system's.
    var trustedRoots: TextFile?
    /// Default: none.
    var externalAccount: ExternalAccountConfiguration?
    /// The certificate profile to ask for. Default: the CA's choice.
    var profile: String?
    /// What customers' CAA records call this CA. Default: what its directory says.
    var caaIdentities: [ServerName] = []

    enum Key: String, ConfigurationKey {
        case directory
        case email
        case challenges
        case trustedRoots = "trusted_roots"
        case externalAccount = "external_account"
        case profile
        case caaIdentities = "caa_identities"
    }
}

/// `issuers[].acme.external_account`: ties the account to one with the CA (RFC 8555 §7.3.4).
struct ExternalAccountConfiguration: Sendable {
    let keyID: String
    /// Base64url, as the CA handed it out.
    let hmacKey: Secret

    enum Key: String, ConfigurationKey {
        case keyID = "key_id"
        case hmacKey = "hmac_key"
    }
}

/// `issuers[].internal`: our own CA, in the storage, for development and closed networks.
struct InternalIssuerConfiguration: Equatable, Sendable {
    /// How long its certificates are valid. Default: 7 days, so that renewal is something that
    /// happens.
    var validity = Duration.seconds(7 * 86_400)

    enum Key: String, ConfigurationKey {
        case validity
    }
}

extension IssuerConfiguration: ConfigurationValue {
    static func read(_ cursor: ConfigurationCursor) -> IssuerConfiguration? {
        guard let keys = cursor.object(Key.self) else { return nil }
        switch (keys.cursor(.acme), keys.cursor(.internal)) {
        case (let place?, nil): return ACMEIssuerConfiguration.read(place).map { .acme($0) }
        case (nil, let place?): return InternalIssuerConfiguration.read(place).map { .internal($0) }
        default:
            cursor.problem("expected either acme or internal, found both or neither")
            return nil
        }
    }
}

extension ACMEIssuerConfiguration: ConfigurationValue {
    static func read(_ cursor: ConfigurationCursor) -> ACMEIssuerConfiguration? {
        guard let keys = cursor.object(Key.self) else { return nil }
        let directory: HTTPURL? = keys.require(
            .directory, "a URL such as \"https://acme-v02.api.letsencrypt.org/directory\"")
        guard let directory = directory ?? HTTPURL("https://127.0.0.1") else { return nil }
        if directory.scheme != .https {
            keys.cursor(.directory)?.expected("an https URL (RFC 8555 §6.1)")
        }
        var acme = ACMEIssuerConfiguration(directory: directory)
        keys.read(.email, into: &acme.email)
        if let email = acme.email, !email.contains("@") {
            keys.cursor(.email)?.expected("a mail address such as \"ops@saascompany.com\"")
        }
        keys.read(.challenges, into: &acme.challenges)
        acme.hasDefaultChallenges = keys.cursor(.challenges) == nil
        keys.requireContents(of: .challenges, "at least one challenge type")
        keys.read(.trustedRoots, into: &acme.trustedRoots)
        keys.read(.externalAccount, into: &acme.externalAccount)
        keys.read(.profile, into: &acme.profile)
        keys.read(.caaIdentities, into: &acme.caaIdentities)
        return acme
    }
}

extension [IssuerConfiguration] {
    /// Adds dns-01 to those that have their challenges by default.
    mutating func useChallengeZone() {
        self = map { issuer in
            guard case .acme(var acme) = issuer, acme.hasDefaultChallenges else { return issuer }
            acme.challenges.append(.dns01)
            return .acme(acme)
        }
    }
}

extension ExternalAccountConfiguration: ConfigurationValue {
    static func read(_ cursor: ConfigurationCursor) -> ExternalAccountConfiguration? {
        guard let keys = cursor.object(Key.self) else { return nil }
        let keyID: String? = keys.require(.keyID, "the key identifier that the CA handed out")
        let hmacKey: Secret? = keys.require(
            .hmacKey, "the key that the CA handed out, in base64url")
        guard let keyID, let hmacKey else { return nil }
        if Base64URL.decode(hmacKey.text) == nil {
            keys.cursor(.hmacKey)?.problem("expected base64url without padding, found other text")
        }
        return ExternalAccountConfiguration(keyID: keyID, hmacKey: hmacKey)
    }
}

extension InternalIssuerConfiguration: ConfigurationValue {
    static func read(_ cursor: ConfigurationCursor) -> InternalIssuerConfiguration? {
        guard let keys = cursor.object(Key.self) else { return nil }
        var issuer = InternalIssuerConfiguration()
        keys.read(.validity, into: &issuer.validity, in: .seconds(60) ... .seconds(825 * 86_400))
        return issuer
    }
}
