// SPDX-License-Identifier: Apache-2.0
import Storage
import TLS

extension CertificateFilter: ObjectFilter {
    /// The index that leads to the fewest.
    private enum Way {
        case reference(String)
        case number(CertificateNumber)
        case name(CertificateName)
        case within(ServerName)
        /// All names, for one that is like another can begin with anything.
        case pattern(NamePattern)
        case account
    }

    private var way: Way {
        if let clientReference { return .reference(clientReference) }
        if let number { return .number(number) }
        if let name { return .name(name) }
        if let within { return .within(within) }
        if let pattern { return .pattern(pattern) }
        return .account
    }

    func index(of account: String) -> IndexRange {
        switch way {
        case .reference(let reference):
            IndexRange(.reference(.certificate, account, reference))
        case .number(let number):
            IndexRange(.account(.certificate, account), within: number.value.ordered)
        case .name(let name):
            IndexRange(.name(.certificate, account), within: name.reversed + "/")
        case .within(let domain):
            IndexRange(.name(.certificate, account), within: domain.reversed)
        case .pattern: IndexRange(.name(.certificate, account))
        case .account: IndexRange(.account(.certificate, account))
        }
    }

    func mayAccept(_ entry: Record) -> Bool {
        switch way {
        case .reference, .number, .account:
            facts.allSatisfy { IndexEntry.says($0, entry.value) }
        case .pattern(let pattern): pattern.matches(entry.key.indexedName)
        case .name, .within: true
        }
    }

    var looksAtObjects: Bool {
        var rest = self
        switch way {
        case .reference: rest.clientReference = nil
        case .number: rest.number = nil
        case .name: rest.name = nil
        case .within: rest.within = nil
        case .pattern: rest.pattern = nil
        case .account: break
        }
        switch way {
        case .reference, .number, .account: rest.dropFacts()
        case .name, .within, .pattern: break
        }
        return rest != CertificateFilter()
    }

    /// What entries say of those that are wanted.
    private var facts: [String] {
        [keySource.map(ManagedCertificate.fact), issuer.map(ManagedCertificate.fact)]
            .compactMap { $0 }
            + compatibility.compactMap { ManagedCertificate.fact($0.key, $0.value) }
    }

    private mutating func dropFacts() {
        keySource = nil
        issuer = nil
        compatibility = compatibility.filter { ManagedCertificate.fact($0.key, $0.value) == nil }
    }

    func accepts(_ certificate: ManagedCertificate, _ place: Finding) -> Bool {
        guard number == nil || certificate.number == number,
            clientReference == nil || certificate.clientReference == clientReference,
            issuer == nil || certificate.issuer == issuer,
            keySource == nil || certificate.keySource == keySource,
            compatibility.allSatisfy({ certificate.compatibility[$0.key] == $0.value }),
            name.map({ certificate.names.contains($0) }) ?? true,
            areWanted(certificate.names, at: place.key)
        else { return false }
        if let status, certificate.status(place.version, at: place.now) != status { return false }
        guard expiresBefore != nil || expiresAfter != nil else { return true }
        guard let end = place.version?.notAfter else { return false }
        return (expiresBefore.map { end < $0 } ?? true) && (expiresAfter.map { end > $0 } ?? true)
    }

    private func areWanted(_ names: [CertificateName], at key: RecordKey) -> Bool {
        guard within.map({ names.contains(where: $0.contains) }) ?? true,
            pattern.map({ names.contains(where: $0.matches) }) ?? true
        else { return false }
        return switch way {
        case .within(let domain): names.isFirst(at: key, where: domain.contains)
        case .pattern(let pattern): names.isFirst(at: key, where: pattern.matches)
        case .reference, .number, .name, .account: true
        }
    }

    func versionToRead(for certificate: ManagedCertificate) -> VersionNumber? {
        let isAsked = status != nil || expiresBefore != nil || expiresAfter != nil
        return isAsked ? certificate.currentVersion : nil
    }
}
