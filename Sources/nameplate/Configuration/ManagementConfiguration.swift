// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials

import Management
import Networking

/// `management`: the API by which domains and certificates are looked after.
struct ManagementConfiguration: Sendable {
    /// Where it listens. Changed by a restart only. Default: port 8081 of the loopback.
    var listen = SocketAddress(ip: .v4(0x7f00_0001), port: 8081)
    /// nil: it listens in the clear. Whether it does is changed by a restart only.
    var tls: CertificatePair?
    /// Whether secrets may cross a network in the clear. Default: false.
    var cleartext = false
    /// Who may call it. Default: nobody.
    var clients: [ManagementClientConfiguration] = []
    /// What Resello's clients may buy by its id: each is a certificate with domain validation. Default:
    /// none.
    var plans: [Catalogue.Plan] = []
    /// What AutoDNS' clients may order by its name, likewise. Default: none.
    var products: [String] = []
    var webhooks = WebhooksConfiguration()
    var origins = RegisteredOriginsConfiguration()

    enum Key: String, ConfigurationKey {
        case listen
        case tls
        case cleartext
        case clients
        case plans
        case products
        case webhooks
        case origins
    }
}

extension ManagementConfiguration: ConfigurationValue {
    static func read(_ cursor: ConfigurationCursor) -> ManagementConfiguration? {
        guard let keys = cursor.object(Key.self) else { return nil }
        var management = ManagementConfiguration()
        keys.read(.listen, into: &management.listen)
        keys.read(.tls, into: &management.tls)
        keys.read(.cleartext, into: &management.cleartext)
        keys.read(.clients, into: &management.clients)
        keys.read(.plans, into: &management.plans)
        keys.read(.products, into: &management.products)
        keys.read(.webhooks, into: &management.webhooks)
        keys.read(.origins, into: &management.origins)
        reportDuplicates(of: .clients, in: keys, management.clients.map(\.applicationID))
        reportDuplicates(of: .plans, in: keys, management.plans.map(\.id))
        reportDuplicates(of: .products, in: keys, management.products)
        // A pair that is given and has a mistake earns a sentence of its own.
        if management.isExposed, !management.cleartext, keys.cursor(.tls) == nil {
            keys.cursor(.listen)?.problem(
                "expected an address of the loopback, because without management.tls secrets go to "
                    + "\(management.listen) in the clear; management.cleartext: true allows that")
        }
        return management
    }

    private static func reportDuplicates(
        of key: Key, in keys: ConfigurationObject<Key>, _ names: [String]
    ) {
        var seen: Set<String> = []
        for name in names where !seen.insert(name).inserted {
            keys.cursor(key)?.problem(
                "expected each id once, found \(JSON5Value.quoted(name)) again")
        }
    }
}

extension ManagementConfiguration {
    /// What is allowed and yet not what its writer may think.
    var remarks: [String] {
        var remarks: [String] = []
        if isExposed {
            remarks.append(
                "management.listen: \(listen) can be reached from elsewhere, and without "
                    + "management.tls secrets go there in the clear")
        }
        if let tls, tls.notAfter <= Date() {
            remarks.append(
                "management.tls: \(tls.chainPath) expired on \(LogTime.full(tls.notAfter))")
        }
        if clients.isEmpty { remarks.append("management.clients: nobody may call it") }
        return remarks
    }

    /// Whether what is sent to it can be read by others.
    private var isExposed: Bool { tls == nil && !Self.loopback.contains(listen.ip) }

    private static let loopback = ["127.0.0.0/8", "::1"].compactMap { AddressBlock($0) }

    /// The same in the words of the API.
    var catalogue: Catalogue { Catalogue(plans: plans, products: products) }
}

extension Catalogue.Plan: ConfigurationValue {
    private enum Key: String, ConfigurationKey {
        case id
        case name
    }

    static func read(_ cursor: ConfigurationCursor) -> Catalogue.Plan? {
        guard let keys = cursor.object(Key.self) else { return nil }
        let id: String? = keys.require(.id, "the plan's UUID")
        let name: String? = keys.require(.name, "the plan's name")
        guard let id, let name else { return nil }
        guard let uuid = UUID(uuidString: id) else {
            keys.cursor(.id)?.expected("a UUID such as \"3f7830c3-0b66-4f0c-a9d3-6f7d1f0c2b1e\"")
            return nil
        }
        return Catalogue.Plan(id: uuid.uuidString.lowercased(), name: name)
    }
}

/// `management.webhooks`: whom events may be sent to.
struct WebhooksConfiguration: Equatable, Sendable {
    /// Targets on the loopback, and on link-local and private networks, that are allowed all the same.
    /// Default: none.
    var allow: [AddressBlock] = []

    enum Key: String, ConfigurationKey {
        case allow
    }
}

extension WebhooksConfiguration: ConfigurationValue {
    static func read(_ cursor: ConfigurationCursor) -> WebhooksConfiguration? {
        guard let keys = cursor.object(Key.self) else { return nil }
        var webhooks = WebhooksConfiguration()
        keys.read(.allow, into: &webhooks.allow)
        return webhooks
    }
}
