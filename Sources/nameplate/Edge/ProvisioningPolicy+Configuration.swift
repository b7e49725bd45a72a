// SPDX-License-Identifier: Apache-2.0
import ACME
import DNS
import HTTP
import Networking
import Provisioning
import TLS

extension ProvisioningPolicy {
    /// Who may have a certificate and from whom, as the configuration has it.
    init(
        _ configuration: Configuration, challenges: ChallengeTable, foundation: EdgeFoundation
    ) throws(EdgeError) {
        let control = foundation.control
        let resolver = configuration.resolver(on: control)
        let lookup = configuration.hostLookup(with: resolver)
        var issuers: [any Issuer] = []
        for issuer in configuration.issuers {
            issuers.append(
                try issuer.issuer(challenges: challenges, foundation: foundation, lookup: lookup))
        }
        let names = issuers.map(\.name)
        guard Set(names).count == names.count else {
            throw EdgeError(
                "issuers: two of them share one account, \(names.joined(separator: ", "))")
        }
        self.init(
            check: EligibilityCheck(target: configuration.cnameTarget, resolver: resolver),
            issuers: IssuerSequence(issuers))
        zone = challenges.zone
        onDemand = configuration.onDemand.enabled
        registeredOnly = configuration.onDemand.registeredOnly
        permission = try configuration.onDemand.ask.map { url throws(EdgeError) in
            let client = try HTTPClient.make(on: control, roots: .system, lookup: lookup)
            return AskEndpoint(url: url, client: client)
        }
        keyKind = configuration.tls.key.kind
        renewAt = configuration.renewal.at
        limits = ProvisioningLimits(configuration.onDemand)
    }
}

extension ProvisioningLimits {
    init(_ onDemand: OnDemandConfiguration) {
        self.init()
        held = onDemand.held
        heldPerName = onDemand.heldPerName
        heldPerSource = onDemand.heldPerSource
        flights = onDemand.flights
        newNamesPerMinute = onDemand.newNamesPerMinute
    }
}

extension IssuerConfiguration {
    fileprivate func issuer(
        challenges: ChallengeTable, foundation: EdgeFoundation, lookup: HostResolver
    ) throws(EdgeError) -> any Issuer {
        switch self {
        case .internal(let configuration):
            return InternalIssuer(
                store: foundation.store, keys: foundation.keys, loop: foundation.control,
                leafLifetime: configuration.validity)
        case .acme(let configuration):
            let settings = try configuration.settings
            let client = ACMEClient(
                directory: settings.directory,
                transport: try HTTPClient.make(
                    on: foundation.control, roots: configuration.roots, lookup: lookup),
                loop: foundation.control)
            guard
                let issuer = ACMEIssuer(
                    settings, client: client, store: foundation.store, presenter: challenges,
                    keys: foundation.keys, loop: foundation.control)
            else {
                throw EdgeError("cannot file an account under \(JSON5Value.quoted(settings.name))")
            }
            return issuer
        }
    }
}

extension ACMEIssuerConfiguration {
    /// What the CA's own HTTPS must chain to.
    var roots: TrustedRoots { trustedRoots.map { .pem($0.bytes) } ?? .system }

    /// The same in the words of the issuer.
    var settings: ACMEIssuer.Configuration {
        get throws(EdgeError) {
            guard let url = ResourceURL(directory.text) else {
                throw EdgeError("\(directory.text) is no directory's URL")
            }
            var settings = ACMEIssuer.Configuration(directory: url)
            settings.contact = email.map { ["mailto:\($0)"] } ?? []
            settings.challenges = challenges.map(\.type)
            settings.profile = profile
            settings.caaIdentities = caaIdentities.map(\.text)
            if let account = externalAccount {
                settings.externalAccount = ExternalAccountBinding(
                    keyID: account.keyID, hmacKey: account.hmacKey.text)
                guard settings.externalAccount != nil else {
                    throw EdgeError("the external account's hmac_key is not base64url")
                }
            }
            return settings
        }
    }
}

extension ACMEIssuerConfiguration.ChallengeType {
    fileprivate var type: ChallengeType {
        switch self {
        case .tlsALPN01: .tlsALPN01
        case .http01: .http01
        case .dns01: .dns01
        }
    }
}

extension HTTPClient {
    /// A client for requests of our own.
    static func make(
        on loop: EventLoop, roots: TrustedRoots, lookup: HostResolver,
        _ configuration: ClientConfiguration = ClientConfiguration()
    ) throws(EdgeError) -> HTTPClient {
        do {
            return try HTTPClient(
                loop: loop, trustedRoots: roots, lookup: lookup,
                userAgent: "nameplate/\(VersionCommand.version)", configuration: configuration)
        } catch {
            throw EdgeError("cannot make an HTTPS client: \(error)")
        }
    }
}
