// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Storage
import TLS

extension DomainFilter: ObjectFilter {
    func index(of account: String) -> IndexRange {
        if let clientReference {
            return IndexRange(.reference(.domain, account, clientReference))
        }
        return IndexRange(.account(.domain, account), within: within?.reversed ?? "")
    }

    func mayAccept(_ entry: Record) -> Bool {
        let says = { (fact: String) in IndexEntry.says(fact, entry.value) }
        return (states.isEmpty || states.contains { says(Domain.fact($0)) })
            && (source.map { says(Domain.fact($0)) } ?? true)
            && !(exceptSource.map { says(Domain.fact($0)) } ?? false)
            && (clientReference != nil || pattern?.matches(entry.key.indexedDomain) ?? true)
    }

    /// By reference they are found by their numbers, otherwise by their names.
    var looksAtObjects: Bool { clientReference != nil && (within != nil || pattern != nil) }

    func accepts(_ domain: Domain, _ place: Finding) -> Bool {
        (states.isEmpty || states.contains(domain.state))
            && (source == nil || domain.source == source)
            && (exceptSource == nil || domain.source != exceptSource)
            && (clientReference == nil || domain.clientReference == clientReference)
            && (within.map { $0.contains(domain.name) } ?? true)
            && (pattern.map { $0.matches(domain.name) } ?? true)
    }
}

extension IssuanceFilter: ObjectFilter {
    func index(of account: String) -> IndexRange {
        guard let certificate else { return IndexRange(.account(.issuance, account)) }
        return IndexRange(.certificate(.issuance, account, certificate))
    }

    var looksAtObjects: Bool { state != nil }

    func accepts(_ issuance: Issuance, _ place: Finding) -> Bool {
        state == nil || issuance.state == state
    }
}

extension VersionFilter: ObjectFilter {
    func index(of account: String) -> IndexRange {
        if let serial {
            return IndexRange(.serial(account, serial))
        }
        if let certificate {
            return IndexRange(.certificate(.version, account, certificate))
        }
        if let within {
            return IndexRange(.name(.version, account), within: within.reversed)
        }
        if let expiresBefore {
            // Its second counts too: `accepts` sees to the rest.
            let end = expiresBefore.addingTimeInterval(1).ordered
            return IndexRange(.expiry(account), before: end)
        }
        return IndexRange(.account(.version, account))
    }

    /// In the index are those whose issuance is not done, too, and those that came to nothing.
    var looksAtObjects: Bool {
        var all = VersionFilter()
        all.includesReserved = true
        all.includesFailed = true
        all.within = within
        return self != all
    }

    func accepts(_ version: CertificateVersion, _ place: Finding) -> Bool {
        guard includesReserved || state == .reserved || version.state != .reserved,
            version.state != .deleted || (includesFailed && version.cameToNothing),
            state == nil || version.state == state,
            serial == nil || version.serial == serial,
            certificate == nil || version.certificate == certificate,
            areWanted(version.names, at: place.key)
        else { return false }
        guard let expiresBefore else { return true }
        return version.notAfter.map { $0 < expiresBefore } ?? false
    }

    private func areWanted(_ names: [CertificateName], at key: RecordKey) -> Bool {
        guard let within else { return true }
        return serial == nil && certificate == nil
            ? names.isFirst(at: key, where: within.contains)
            : names.contains(where: within.contains)
    }
}

extension SiteFilter: ObjectFilter {
    func index(of account: String) -> IndexRange {
        guard let clientReference else { return IndexRange(.account(.site, account)) }
        return IndexRange(.reference(.site, account, clientReference))
    }

    var looksAtObjects: Bool { name != nil || clientReference != nil }

    func accepts(_ site: Site, _ place: Finding) -> Bool {
        (name == nil || site.name == name)
            && (clientReference == nil || site.clientReference == clientReference)
    }
}

extension ContactFilter: ObjectFilter {
    func index(of account: String) -> IndexRange { IndexRange(.account(.contact, account)) }

    var looksAtObjects: Bool { !document.isEmpty }

    func accepts(_ contact: Contact, _ place: Finding) -> Bool {
        document.allSatisfy { contact.document[$0.key] == $0.value }
    }
}

extension WebhookFilter: ObjectFilter {
    func index(of account: String) -> IndexRange { IndexRange(.account(.webhook, account)) }

    /// An account has so few of them that no index is by reference.
    var looksAtObjects: Bool { format != nil || clientReference != nil }

    func accepts(_ webhook: Webhook, _ place: Finding) -> Bool {
        (format == nil || webhook.format == format)
            && (clientReference == nil || webhook.clientReference == clientReference)
    }
}
