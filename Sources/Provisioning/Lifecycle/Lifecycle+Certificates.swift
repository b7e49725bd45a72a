// SPDX-License-Identifier: Apache-2.0
import ACME
import Networking
package import Registry
package import Storage
import TLS

/// Certificates: names that are certified time and again.
extension Lifecycle {
    /// Also one that was deleted: `isDeleted` says so.
    package func certificate(
        _ number: CertificateNumber, for caller: Caller
    ) async throws(LifecycleError) -> ManagedCertificate {
        try await read { () async throws(StorageError) in
            try await registry.certificate(number)
        }.owned(by: caller, as: "\(number)")
    }

    package func certificates(
        _ filter: CertificateFilter, _ page: PageRequest, for caller: Caller
    ) async throws(LifecycleError) -> Page<ManagedCertificate> {
        try await read { () async throws(StorageError) in
            try await registry.certificates(filter, of: caller.account, page)
        }
    }

    /// The same by numbered pages, the first one being 0.
    package func certificates(
        _ filter: CertificateFilter, page: Int, size: Int,
        order: RecordRange.Order = .ascending, for caller: Caller
    ) async throws(LifecycleError) -> NumberedPage<ManagedCertificate> {
        try await read { () async throws(StorageError) in
            try await registry.certificates(
                filter, of: caller.account, page: page, size: size, order: order)
        }
    }

    /// What its state amounts to.
    package func status(
        of certificate: ManagedCertificate
    ) async throws(LifecycleError) -> ManagedCertificate.Status {
        let current = try await read { () async throws(StorageError) in
            try await registry.currentVersion(of: certificate)
        }
        return certificate.status(current, at: clock())
    }

    package func change(
        _ number: CertificateNumber, _ wanted: CertificateChange, ifGeneration: Int? = nil,
        by caller: Caller
    ) async throws(LifecycleError) -> ManagedCertificate {
        try Self.require(expiryNotice: wanted.expiryNotice ?? [])
        return try await change(by: caller) { change in
            var certificate = try await change.certificate(number)
                .owned(by: caller, as: "\(number)")
            try certificate.requireGeneration(ifGeneration)
            guard !certificate.isDeleted else {
                throw LifecycleError.notFound(.certificate, "\(number)")
            }
            let before = certificate
            if let renews = wanted.renewsItself {
                guard !renews || certificate.issuer == .configured else {
                    throw LifecycleError.invalid(
                        field: "renew.auto", reason: "another CA signs it")
                }
                certificate.renewsItself = renews
            }
            if let until = wanted.renewsUntil { certificate.renewsUntil = until }
            if let reference = wanted.clientReference { certificate.clientReference = reference }
            if let description = wanted.description { certificate.description = description }
            if let compatibility = wanted.compatibility {
                certificate.compatibility = compatibility
            }
            if let days = wanted.expiryNotice {
                certificate.expiryNotice = days
                if let current = certificate.currentVersion,
                    var version = try await change.version(current), version.notAfter != nil
                {
                    version.expiryNotice = days
                    change.put(version)
                    change.remind(days, of: version)
                }
            }
            certificate = change.put(certificate)
            change.record(.certificateChanged, about: certificate, since: before)
            return certificate
        }
    }

    /// Takes a certificate out of service and ends what is under way for it. When this returns no data
    /// loop serves it. Throws `.conflict` while a version of it is linked to a site.
    package func delete(
        _ number: CertificateNumber, revoking: Bool = false, by caller: Caller
    ) async throws(LifecycleError) {
        let certificate = try await certificate(number, for: caller)
        guard !certificate.isDeleted else { throw .notFound(.certificate, "\(number)") }
        if let site = try await sites(linkedTo: certificate).first {
            throw .conflict("it is linked to site \(site.number)")
        }
        if let open = certificate.openIssuance { try await withdraw(open, by: caller) }
        try await uninstall(certificate)
        if revoking { try await revokeAll(of: certificate) }
        try await change(by: caller) { change in
            try await change.delete(number)
        }
    }

    /// Ends an issuance of a certificate that goes, also one whose result is on its way.
    func withdraw(
        _ number: IssuanceNumber, by caller: Caller
    ) async throws(LifecycleError) {
        abandon(number)
        await atWork[number]?.value
        try await change(by: caller) { change in
            let ended = try await change.advance(number, by: .cancel)
            guard let ended else { return }
            try await change.end(ended)
            change.record(.issuanceCanceled, about: ended)
        }
    }

    /// Takes what is in service of a certificate out of it, everywhere.
    func uninstall(_ certificate: ManagedCertificate) async throws(LifecycleError) {
        let versions = try await read { () async throws(StorageError) in
            var names = certificate.names
            if let current = try await registry.currentVersion(of: certificate) {
                names += current.names
            }
            return Set(names)
        }
        for name in versions {
            guard let present = table.value[name] else { continue }
            let isOfFirstVisit = present.provenance.certificate == nil
            let domain = try await read { () async throws(StorageError) in
                try await registry.domain(named: name)
            }
            let isIts =
                present.provenance.certificate == certificate.number
                || (isOfFirstVisit && domain?.certificate == certificate.number)
            guard isIts else { continue }
            try await uninstall(name)
        }
    }

    func uninstall(_ directory: CertificateName) async throws(LifecycleError) {
        do throws(StorageError) {
            try await provisioner.uninstall(directory)
        } catch {
            throw .unavailable("taking \(directory) out of service: \(error)")
        }
    }

    /// Has those of its versions revoked that are good for something.
    func revokeAll(of certificate: ManagedCertificate) async throws(LifecycleError) {
        for number in certificate.versions {
            let version = try await read { () async throws(StorageError) in
                try await registry.version(number)
            }
            guard let version, version.state != .revoked, version.state != .deleted,
                version.notAfter.map({ $0 > clock() }) ?? false
            else { continue }
            switch await revocation(of: number, because: .cessationOfOperation) {
            case .failed(let why): throw .unavailable("revoking version \(number): \(why)")
            case .done:
                try await change(by: edge(certificate.account, because: .revocation)) {
                    try await $0.markRevoked(number)
                }
            case nil: continue
            }
        }
    }
}

extension RegistryDraft {
    /// Deletes a certificate: its number stays, for those who have it.
    func delete(_ number: CertificateNumber) async throws {
        guard var certificate = try await certificate(number), !certificate.isDeleted else {
            return
        }
        for name in certificate.names { try await release(name, from: number) }
        if let current = certificate.currentVersion { try await supersede(current) }
        certificate.isDeleted = true
        certificate.openIssuance = nil
        certificate = put(certificate)
        record(.certificateDeleted, about: certificate)
    }
}
