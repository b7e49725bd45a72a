// SPDX-License-Identifier: Apache-2.0
import Networking
import Proxy
import TLS

/// The whole configuration: one field a key, one struct an object of the file.
///
/// A value of this type has been checked: names are names, files were read, pairs match.
/// `conf/nameplate.json5` explains every key to the user, with its default and unit.
struct Configuration: Sendable {
    /// Where requests are proxied to: at least one.
    var applicationURLs: [OriginURL]
    /// The host name that customers' CNAME records point at.
    var cnameTarget: ServerName
    var listen = ListenConfiguration()
    var storage = StorageConfiguration()
    /// Tried in order, as the class of each error allows.
    var issuers: [IssuerConfiguration] = []
    /// The operator's own certificates.
    var certificates: [OperatorCertificate] = []
    var onDemand = OnDemandConfiguration()
    var renewal = RenewalConfiguration()
    var dns = DNSConfiguration()
    /// nil: dns-01 is not answered.
    var challengeZone: ChallengeZoneConfiguration?
    var tls = TLSConfiguration()
    var origin = OriginConfiguration()
    /// The domains that are served otherwise.
    var domains = DomainsConfiguration()
    var limits = LimitsConfiguration()
    /// Peers whose forwarding fields are believed. Default: nobody.
    var trustedProxies: [AddressBlock] = []
    var forwarding = ForwardingConfiguration()
    /// nil: answers get no Strict-Transport-Security of ours.
    var hsts: StrictTransportSecurity?
    /// Default: none.
    var requestHeaders = FieldRules(for: .request)
    /// Default: none.
    var responseHeaders = FieldRules(for: .answer)
    var log = LogConfiguration()
    /// How long open requests may go on once we were told to end. Default: 30 s.
    var drain = Duration.seconds(30)
    /// nil: no management interface.
    var management: ManagementConfiguration?

    enum Key: String, ConfigurationKey {
        case applicationURL = "application_url"
        case cnameTarget = "cname_target"
        case listen
        case storage
        case issuers
        case certificates
        case onDemand = "on_demand"
        case renewal
        case dns
        case challengeZone = "challenge_zone"
        case tls
        case origin
        case domains
        case limits
        case trustedProxies = "trusted_proxies"
        case forwarding
        case hsts
        case requestHeaders = "request_headers"
        case responseHeaders = "response_headers"
        case log
        case drain
        case management
    }

    /// The file that commands read when none is named.
    static let defaultFile = "conf/nameplate.json5"

    init(applicationURLs: [OriginURL], cnameTarget: ServerName) {
        self.applicationURLs = applicationURLs
        self.cnameTarget = cnameTarget
    }
}

extension Configuration: ConfigurationValue {
    static func read(_ cursor: ConfigurationCursor) -> Configuration? {
        guard let keys = cursor.object(Key.self) else { return nil }
        let applicationURLs: OriginList? = keys.require(
            .applicationURL, "the application's URL such as \"http://127.0.0.1:9000\"")
        let cnameTarget: ServerName? = keys.require(
            .cnameTarget, "the name that customers point at, such as \"domains.saascompany.com\"")
        // Whatever is missing, the rest is read all the same: one `check` finds every mistake. What
        // stands in for it is never used, because the problem was reported.
        guard let cnameTarget = cnameTarget ?? ServerName("domains.saascompany.com") else {
            return nil
        }
        var configuration = Configuration(
            applicationURLs: applicationURLs?.urls ?? [], cnameTarget: cnameTarget)
        keys.read(.listen, into: &configuration.listen)
        keys.read(.storage, into: &configuration.storage)
        keys.read(.issuers, into: &configuration.issuers)
        keys.read(.certificates, into: &configuration.certificates)
        keys.read(.onDemand, into: &configuration.onDemand)
        keys.read(.renewal, into: &configuration.renewal)
        keys.read(.dns, into: &configuration.dns)
        keys.read(.challengeZone, into: &configuration.challengeZone)
        if configuration.challengeZone != nil { configuration.issuers.useChallengeZone() }
        keys.read(.tls, into: &configuration.tls)
        keys.read(.origin, into: &configuration.origin)
        keys.read(.domains, into: &configuration.domains)
        keys.read(.limits, into: &configuration.limits)
        keys.read(.trustedProxies, into: &configuration.trustedProxies)
        keys.read(.forwarding, into: &configuration.forwarding)
        keys.read(.hsts, into: &configuration.hsts)
        if let rules = keys.cursor(.requestHeaders) {
            configuration.requestHeaders = .read(rules, for: .request) ?? .init(for: .request)
        }
        if let rules = keys.cursor(.responseHeaders) {
            configuration.responseHeaders = .read(rules, for: .answer) ?? .init(for: .answer)
        }
        keys.read(.log, into: &configuration.log)
        keys.read(.drain, into: &configuration.drain, in: .zero ... .seconds(3600))
        keys.read(.management, into: &configuration.management)
        return configuration
    }
}
