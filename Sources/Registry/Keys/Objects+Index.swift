// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import TLS

extension Domain {
    package var indexEntries: [IndexEntry] {
        var entries = [
            IndexEntry(.domainName, name.text, number: number.value),
            IndexEntry(
                .account(.domain, account), name.reversed, number: number.value, facts: facts),
        ]
        if let clientReference {
            entries.append(
                IndexEntry(
                    .reference(.domain, account, clientReference), number.value.ordered,
                    number: number.value, facts: facts))
        }
        if !applicationURLs.isEmpty {
            entries.append(IndexEntry(.origin, number.value.ordered, number: number.value))
        }
        return entries
    }

    private var facts: [String] { [Self.fact(state), Self.fact(source)] }

    static func fact(_ state: State) -> String { "state=\(state.rawValue)" }
    static func fact(_ source: Source) -> String { "source=\(source.rawValue)" }
}

extension ManagedCertificate {
    package var indexEntries: [IndexEntry] {
        // Deleted ones stay for those who have their number, and are in no list.
        guard !isDeleted else { return [] }
        var entries = [
            IndexEntry(
                .account(.certificate, account), number.value.ordered, number: number.value,
                facts: facts)
        ]
        if let clientReference {
            entries.append(
                IndexEntry(
                    .reference(.certificate, account, clientReference), number.value.ordered,
                    number: number.value, facts: facts))
        }
        entries += names.prefix(Self.namesMax).map { name in
            IndexEntry(
                .name(.certificate, account), name.reversed, number.value.ordered,
                number: number.value)
        }
        return entries
    }

    private var facts: [String] {
        let members = compatibility.sorted { $0.key < $1.key }
        return [Self.fact(keySource), Self.fact(issuer)]
            + members.compactMap { Self.fact($0.key, $0.value) }
    }

    static func fact(_ source: KeySource) -> String { "key=\(source.rawValue)" }
    static func fact(_ issuer: IssuedBy) -> String { "issuer=\(issuer.rawValue)" }

    /// Nil for a member of `compatibility` that is none of `listedMembers`, or no text.
    static func fact(_ member: String, _ value: JSONValue) -> String? {
        guard listedMembers.contains(member), case .string(let text) = value else { return nil }
        return "\(member)=\(text.asKeyPart)"
    }

    /// Of `compatibility`: what dialects list certificates by.
    private static var listedMembers: Set<String> { ["autodns.product", "resello.plan"] }
}

extension Issuance {
    package var indexEntries: [IndexEntry] {
        let ordered = number.value.ordered
        var entries = [
            IndexEntry(.account(.issuance, account), ordered, number: number.value),
            IndexEntry(
                .certificate(.issuance, account, certificate), ordered, number: number.value),
        ]
        if state.isOpen {
            entries.append(IndexEntry(.open, ordered, number: number.value))
        }
        return entries
    }
}

extension CertificateVersion {
    package var indexEntries: [IndexEntry] {
        // Clients of some dialects find out from a list that an order has failed.
        guard state != .deleted || cameToNothing else { return [] }
        let ordered = number.value.ordered
        var entries = [
            IndexEntry(.account(.version, account), ordered, number: number.value),
            IndexEntry(
                .certificate(.version, account, certificate), ordered, number: number.value),
        ]
        entries += names.prefix(ManagedCertificate.namesMax).map { name in
            IndexEntry(.name(.version, account), name.reversed, ordered, number: number.value)
        }
        if let serial {
            entries.append(IndexEntry(.serial(account, serial), ordered, number: number.value))
        }
        if let notAfter {
            entries.append(
                IndexEntry(.expiry(account), notAfter.ordered, ordered, number: number.value))
        }
        return entries
    }
}

extension Site {
    package var indexEntries: [IndexEntry] {
        let ordered = number.value.ordered
        var entries = [IndexEntry(.account(.site, account), ordered, number: number.value)]
        entries += hosts.prefix(Self.hostsMax).map { host in
            IndexEntry(.siteHost, host.text, number: number.value)
        }
        if let clientReference {
            entries.append(
                IndexEntry(
                    .reference(.site, account, clientReference), ordered, number: number.value))
        }
        if publishedVersion != nil || isPublished {
            entries.append(IndexEntry(.published, ordered, number: number.value))
        }
        return entries
    }
}

extension Webhook {
    package var indexEntries: [IndexEntry] {
        let ordered = number.value.ordered
        return [
            IndexEntry(.account(.webhook, account), ordered, number: number.value),
            IndexEntry(.webhooks, ordered, number: number.value),
        ]
    }
}

extension Contact {
    package var indexEntries: [IndexEntry] {
        [IndexEntry(.account(.contact, account), number.value.ordered, number: number.value)]
    }
}
