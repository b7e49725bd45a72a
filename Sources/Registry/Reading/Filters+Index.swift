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

    var looksAtObjects: Bool {
        state != nil || source != nil || exceptSource != nil || clientReference != nil
    }

    func accepts(_ domain: Domain, _ place: Finding) -> Bool {
        (state == nil || domain.state == state)
            && (source == nil || domain.source == source)
            && (exceptSource == nil || domain.source != exceptSource)
            && (clientReference == nil || domain.clientReference == clientReference)
            && (within.map { domain.name.reversed.hasPrefix($0.reversed) } ?? true)
    }
}

extension CertificateFilter: ObjectFilter {
    func index(of account: String) -> IndexRange {
        if let clientReference {
            return IndexRange(.reference(.certificate, account, clientReference))
        }
        if let number {
            return IndexRange(.account(.certificate, account), within: number.value.ordered)
        }
        if let name {
            return IndexRange(.name(.certificate, account), within: name.reversed + "/")
        }
        if let within {
            return IndexRange(.name(.certificate, account), within: within.reversed)
        }
        return IndexRange(.account(.certificate, account))
    }

    var looksAtObjects: Bool { self != CertificateFilter() }

    func accepts(_ certificate: ManagedCertificate, _ place: Finding) -> Bool {
        guard number == nil || certificate.number == number,
            clientReference == nil || certificate.clientReference == clientReference,
            issuer == nil || certificate.issuer == issuer,
            keySource == nil || certificate.keySource == keySource,
            compatibility.allSatisfy({ certificate.compatibility[$0.key] == $0.value }),
            name.map({ certificate.names.contains($0) }) ?? true,
            pattern.map({ certificate.names.contains(where: $0.matches) }) ?? true,
            certificate.names.isFound(within: within, at: place.key)
        else { return false }
        if let status, certificate.status(place.version, at: place.now) != status { return false }
        guard expiresBefore != nil || expiresAfter != nil else { return true }
        guard let end = place.version?.notAfter else { return false }
        return (expiresBefore.map { end < $0 } ?? true) && (expiresAfter.map { end > $0 } ?? true)
    }

    func versionToRead(for certificate: ManagedCertificate) -> VersionNumber? {
        let isAsked = status != nil || expiresBefore != nil || expiresAfter != nil
        return isAsked ? certificate.currentVersion : nil
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

    /// Reserved ones are in the index.
    var looksAtObjects: Bool { true }

    func accepts(_ version: CertificateVersion, _ place: Finding) -> Bool {
        guard includesReserved || state == .reserved || version.state != .reserved,
            version.state != .deleted || (includesFailed && version.cameToNothing),
            state == nil || version.state == state,
            serial == nil || version.serial == serial,
            certificate == nil || version.certificate == certificate,
            version.names.isFound(within: within, at: place.key)
        else { return false }
        guard let expiresBefore else { return true }
        return version.notAfter.map { $0 < expiresBefore } ?? false
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

    var looksAtObjects: Bool { format != nil }

    func accepts(_ webhook: Webhook, _ place: Finding) -> Bool {
        format == nil || webhook.format == format
    }
}

extension [CertificateName] {
    /// Whether one is within `domain`. In the index by name an object stands once for each of its names:
    /// only the first of those within counts, lest a list show it again and again.
    fileprivate func isFound(within domain: ServerName?, at key: RecordKey) -> Bool {
        guard let prefix = domain?.reversed else { return true }
        let first = map(\.reversed).filter { $0.hasPrefix(prefix) }.min {
            $0.utf8.lexicographicallyPrecedes($1.utf8)
        }
        guard let first else { return false }
        return !key.text.hasPrefix("by/name/") || key.text.utf8.contains(part: first)
    }
}

extension String.UTF8View {
    /// Whether one of the parts between slashes is this one.
    fileprivate func contains(part: String) -> Bool {
        split(separator: UInt8(ascii: "/")).contains { $0.elementsEqual(part.utf8) }
    }
}
