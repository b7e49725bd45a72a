// SPDX-License-Identifier: Apache-2.0
import Proxy
import TLS

/// `domains.<name>`: what is different for one domain, or for those that a wildcard covers.
struct DomainConfiguration: Equatable, Sendable {
    /// Where its requests go.
    let applicationURLs: [OriginURL]

    enum Key: String, ConfigurationKey {
        case applicationURL = "application_url"
    }
}

extension DomainConfiguration: ConfigurationValue {
    static func read(_ cursor: ConfigurationCursor) -> DomainConfiguration? {
        guard let keys = cursor.object(Key.self) else { return nil }
        let list: OriginList? = keys.require(
            .applicationURL, "the domain's own URL such as \"http://127.0.0.1:9001\"")
        return list.map { DomainConfiguration(applicationURLs: $0.urls) }
    }
}

/// `domains`: the domains that are served otherwise than the rest, by name.
struct DomainsConfiguration: Equatable, Sendable {
    var byName: [CertificateName: DomainConfiguration] = [:]
}

extension DomainsConfiguration: ConfigurationValue {
    static func read(_ cursor: ConfigurationCursor) -> DomainsConfiguration? {
        guard let members = cursor.namedMembers(such: "\"shop.customer.com\"") else { return nil }
        var domains = DomainsConfiguration()
        for (name, place) in members {
            guard let key = CertificateName(name) else {
                place.problem(
                    "expected a host name, or a wildcard such as \"*.customer.com\", as key")
                continue
            }
            guard let domain = DomainConfiguration.read(place) else { continue }
            if domains.byName.updateValue(domain, forKey: key) != nil {
                place.problem("expected each domain once, found \(key) again")
            }
        }
        return domains
    }
}
