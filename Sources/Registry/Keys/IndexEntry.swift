// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
package import Storage
import TLS

/// A second way to an object: a key whose value is the object's number, and facts by which lists are
/// filtered without reading the object. Written and removed by the commit that changes the object.
package struct IndexEntry: Hashable, Sendable {
    package let key: RecordKey
    package let value: [UInt8]
    /// Whether only one object may have this key.
    let isUnique: Bool

    init(_ index: Index, _ rest: String..., number: Int, facts: [String] = []) {
        isUnique = index.isUnique
        key = RecordKey(path: index.prefix + rest.joined(separator: "/"))
        value = Array(([String(number)] + facts).joined(separator: " ").utf8)
    }

    /// Whether an entry with this value says so of its object.
    static func says(_ fact: String, _ value: [UInt8]) -> Bool {
        value.split(separator: UInt8(ascii: " ")).dropFirst().contains {
            $0.elementsEqual(fact.utf8)
        }
    }
}

/// Which index: what its keys begin with.
struct Index {
    /// With a slash at the end.
    let prefix: String
    let isUnique: Bool

    private init(_ parts: String..., isUnique: Bool = false) {
        prefix = "by/" + parts.map { $0 + "/" }.joined()
        self.isUnique = isUnique
    }

    /// The domain of a name, in all accounts.
    static var domainName: Index { Index("domain-name", isUnique: true) }
    /// The site of a host, in all accounts.
    static var siteHost: Index { Index("site-host", isUnique: true) }

    /// All objects of a kind in an account, by number; domains by their reversed name.
    static func account(_ kind: Event.Subject.Kind, _ account: String) -> Index {
        Index("account", kind.rawValue, account.asKeyPart)
    }

    /// The same of all accounts, one after the other.
    static func accounts(_ kind: Event.Subject.Kind) -> Index {
        Index("account", kind.rawValue)
    }

    static func reference(
        _ kind: Event.Subject.Kind, _ account: String, _ reference: String
    ) -> Index {
        Index("reference", kind.rawValue, account.asKeyPart, reference.asKeyPart)
    }

    /// By reversed name, then number.
    static func name(_ kind: Event.Subject.Kind, _ account: String) -> Index {
        Index("name", kind.rawValue, account.asKeyPart)
    }

    /// The issuances, the versions of one certificate.
    static func certificate(
        _ kind: Event.Subject.Kind, _ account: String, _ certificate: CertificateNumber
    ) -> Index {
        Index("certificate", kind.rawValue, account.asKeyPart, certificate.value.ordered)
    }

    static func serial(_ account: String, _ serial: String) -> Index {
        Index("serial", account.asKeyPart, serial.asKeyPart)
    }

    /// Versions by the second in which they end.
    static func expiry(_ account: String) -> Index {
        Index("expiry", account.asKeyPart)
    }

    /// For starts, over all accounts: issuances that are open, domains and sites with an origin of
    /// their own, sites that are published, webhooks.
    static var open: Index { Index("open") }
    static var origin: Index { Index("origin") }
    static var published: Index { Index("published") }
    static var webhooks: Index { Index("webhooks") }
}

extension Date {
    /// Ten digits of seconds, for keys: until the year 2286.
    var ordered: String {
        Int(min(max(timeIntervalSince1970, 0), 9_999_999_999)).ordered
    }
}
