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
        try await readNumbered {
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
    /// loop serves it. Throws `.conflict` while a version of it is linked to a site, `.unavailable` when
    /// revoking failed: it is out of service then, and still there to be deleted again.
    package func delete(
        _ number: CertificateNumber, revoking: Bool = false, by caller: Caller
    ) async throws(LifecycleError) {
        var certificate = try await certificate(number, for: caller)
        guard !certificate.isDeleted else { throw .notFound(.certificate, "\(number)") }
        if let site = try await sites(linkedTo: certificate).first {
            throw .conflict("it is linked to site \(site.number)")
        }
        if let open = certificate.openIssuance {
            try await withdraw(open, by: caller)
            certificate = try await self.certificate(number, for: caller)
        }
        let names = try await namesServed(by: certificate)
        try await changeService(of: names, by: caller) { () async throws(LifecycleError) in
            for name in names { try await uninstall(name) }
        } commit: { change, _ in
            try await revoking ? change.takeOut(number) : change.delete(number)
        }
        guard revoking else { return }
        try await revokeAll(of: certificate)
        try await change(by: caller) { try await $0.delete(number) }
    }

    /// Ends an issuance of a certificate that goes, also one whose result is on its way.
    func withdraw(
        _ number: IssuanceNumber, by caller: Caller
    ) async throws(LifecycleError) {
        abandon(number)
        await atWork[number]?.value
        do throws(LifecycleError) {
            try await change(by: caller) { try await $0.cancel(number) }
        } catch {
            // It is open still: it goes on.
            if let issuance = try? await registry.issuance(number) { takeUp(issuance) }
            throw error
        }
        // What was planned while it came to its end.
        abandon(number)
    }

    /// Where a certificate is in service by its names, as files have it or the registry says.
    private func namesServed(
        by certificate: ManagedCertificate
    ) async throws(LifecycleError) -> [CertificateName] {
        let names = try await read { () async throws(StorageError) in
            let current = try await registry.currentVersion(of: certificate)
            return Set(certificate.names + (current?.names ?? []))
        }
        var served: [CertificateName] = []
        for name in names {
            let domain = try await read { () async throws(StorageError) in
                try await registry.domain(named: name)
            }
            let owner = table.value[name]?.provenance.certificate
            if owner == certificate.number
                || (owner == nil && domain?.certificate == certificate.number)
            {
                served.append(name)
            }
        }
        return served
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
                try await change(by: .edge(certificate.account, because: .revocation)) {
                    try await $0.markRevoked(number)
                }
            case nil: continue
            }
        }
    }
}

extension RegistryDraft {
    /// Notes that a certificate does not serve any more.
    func takeOut(_ number: CertificateNumber) async throws {
        guard let certificate = try await certificate(number) else { return }
        for name in certificate.names { try await release(name, from: number) }
        if let current = certificate.currentVersion { try await supersede(current) }
    }

    /// Deletes a certificate: its number stays, for those who have it.
    func delete(_ number: CertificateNumber) async throws {
        guard let known = try await certificate(number), !known.isDeleted else { return }
        // One that was begun since it was looked for.
        if let open = known.openIssuance { try await cancel(open) }
        try await takeOut(number)
        guard var certificate = try await certificate(number) else { return }
        certificate.isDeleted = true
        certificate.openIssuance = nil
        certificate = put(certificate)
        record(.certificateDeleted, about: certificate)
        if let current = certificate.currentVersion { try await forgetKey(ofEnded: current) }
    }
}
