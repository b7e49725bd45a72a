// SPDX-License-Identifier: Apache-2.0
package import ACME
import Networking
package import Registry
package import Storage
import TLS

/// Versions: signed certificates.
extension Lifecycle {
    package func version(
        _ number: VersionNumber, for caller: Caller
    ) async throws(LifecycleError) -> CertificateVersion {
        try await read { () async throws(StorageError) in
            try await registry.version(number)
        }.owned(by: caller, as: "\(number)")
    }

    package func versions(
        _ filter: VersionFilter, _ page: PageRequest, for caller: Caller
    ) async throws(LifecycleError) -> Page<CertificateVersion> {
        try await read { () async throws(StorageError) in
            try await registry.versions(filter, of: caller.account, page)
        }
    }

    /// The same by numbered pages, the first one being 0.
    package func versions(
        _ filter: VersionFilter, page: Int, size: Int, order: RecordRange.Order = .ascending,
        for caller: Caller
    ) async throws(LifecycleError) -> NumberedPage<CertificateVersion> {
        try await readNumbered {
            try await registry.versions(
                filter, of: caller.account, page: page, size: size, order: order)
        }
    }

    /// The same in an order of the caller's choice.
    package func versions(
        _ filter: VersionFilter, page: Int, size: Int, by order: VersionOrder, for caller: Caller
    ) async throws(LifecycleError) -> NumberedPage<CertificateVersion> {
        try await readNumbered {
            try await registry.versions(
                filter, of: caller.account, page: page, size: size, by: order)
        }
    }

    /// Puts a version into service for its certificate's names, in the place of the one that is.
    package func activate(
        _ number: VersionNumber, by caller: Caller
    ) async throws(LifecycleError) -> CertificateVersion {
        let version = try await version(number, for: caller)
        try requireUsable(version)
        let servable = try await servable(version)
        guard !servable.certificate.isDeleted else { throw .notFound(.version, "\(number)") }
        guard servable.certificate.activation == .automatic else {
            throw .conflict("it is served by sites only: link it to one")
        }
        let deployment = try await deployment(of: servable, by: caller)
        let share = await provisioner.policy.renewAt
        return try await changeService(
            of: deployment.directories, by: caller
        ) { () async throws(LifecycleError) in
            try await install(servable, in: deployment)
        } commit: { change, _ in
            try await change.serve(number, deployment, renewingAt: share)
            return try await change.version(number).owned(by: caller, as: "\(number)")
        }
    }

    /// Throws unless clients would accept it.
    func requireUsable(_ version: CertificateVersion) throws(LifecycleError) {
        switch version.state {
        case .reserved: throw .notIssued(version.number)
        case .deleted: throw .notFound(.version, "\(version.number)")
        case .revoked: throw .conflict("version \(version.number) is revoked")
        case .issued, .active, .superseded: break
        }
        guard version.notAfter.map({ $0 > clock() }) ?? false else {
            throw .conflict("version \(version.number) has expired")
        }
    }

    /// Takes a version out of service, and has its CA revoke it. Throws `.conflict` where the CA is none
    /// of ours, `.unavailable` when revoking failed: it is out of service then, and still there to be
    /// revoked again.
    package func revoke(
        _ number: VersionNumber, because reason: RevocationReason = .unspecified,
        by caller: Caller
    ) async throws(LifecycleError) -> CertificateVersion {
        let version = try await version(number, for: caller)
        guard version.chain != nil else { throw .notIssued(number) }
        guard version.state != .revoked else { return version }
        guard version.state != .deleted else { throw .notFound(.version, "\(number)") }
        guard version.issuer != nil else {
            throw .conflict("its CA is none of ours: revoke it there, and delete it here")
        }
        try await requireUnpublished(number)
        try await takeOut(version, by: caller.midway)
        if case .failed(let why)? = await revocation(of: number, because: reason) {
            throw .unavailable("revoking version \(number): \(why)")
        }
        return try await change(by: caller) { change in
            try await change.markRevoked(number)
            return try await change.version(number).owned(by: caller, as: "\(number)")
        }
    }

    /// Takes a version out of service wherever it serves by its names.
    private func takeOut(
        _ version: CertificateVersion, by caller: Caller
    ) async throws(LifecycleError) {
        var names: [CertificateName] = []
        for name in version.names {
            let isSaid = try await isSaid(name, toServe: version)
            if isSaid || table.value[name]?.metadata.id == version.fingerprint {
                names.append(name)
            }
        }
        let taken = names
        try await changeService(of: taken, by: caller) { () async throws(LifecycleError) in
            for name in taken { try await uninstall(name) }
        } commit: { change, _ in
            try await change.supersede(version.number)
            guard let certificate = try await change.certificate(version.certificate),
                certificate.currentVersion == version.number
            else { return }
            for name in version.names { try await change.release(name, from: certificate.number) }
        }
    }

    private func isSaid(
        _ name: CertificateName, toServe version: CertificateVersion
    ) async throws(LifecycleError) -> Bool {
        try await read { () async throws(StorageError) in
            guard version.state == .active,
                try await registry.domain(named: name)?.certificate == version.certificate
            else { return false }
            return try await registry.certificate(version.certificate)?.currentVersion
                == version.number
        }
    }

    /// Forgets a version that is not in service. Throws `.conflict` while it is, or is linked to a site.
    package func delete(
        _ number: VersionNumber, by caller: Caller
    ) async throws(LifecycleError) {
        let version = try await version(number, for: caller)
        guard version.state != .deleted else { throw .notFound(.version, "\(number)") }
        guard version.state != .reserved else {
            throw .conflict("its issuance is not done: cancel that")
        }
        guard version.state != .active else { throw .conflict("it is in service") }
        try await requireUnlinked(number)
        let moments = version.moments
        try await change(by: caller) { change in
            var version = try await change.version(number).owned(by: caller, as: "\(number)")
            guard version.state != .active else {
                throw LifecycleError.conflict("it is in service")
            }
            let before = version
            version.state = .deleted
            version.chain = nil
            version.hasKey = false
            change.removePrivateKey(version.keyNumber)
            for moment in moments { change.settle(moment) }
            version = change.put(version)
            change.record(.versionDeleted, about: version, since: before)
            guard var certificate = try await change.certificate(version.certificate) else {
                return
            }
            certificate.versions.removeAll { $0 == number }
            if certificate.currentVersion == number { certificate.currentVersion = nil }
            let isLast = certificate.keySource == .upload && certificate.versions.isEmpty
            change.put(certificate)
            if isLast { try await change.delete(certificate.number) }
        }
    }

    /// The private key in PEM; that it was handed out is an event. Whether the client may ask for it is
    /// for the caller to know.
    package func privateKey(
        of number: VersionNumber, by caller: Caller
    ) async throws(LifecycleError) -> String {
        let version = try await version(number, for: caller)
        guard version.state != .deleted else { throw .notFound(.version, "\(number)") }
        guard version.chain != nil else { throw .notIssued(number) }
        guard version.hasKey else { throw .keyUnavailable(number) }
        return try await change(by: caller) { change in
            guard let pem = try await change.privateKey(version.keyNumber) else {
                throw LifecycleError.keyUnavailable(number)
            }
            change.record(.keyExported, about: version)
            return String(decoding: pem, as: UTF8.self)
        }
    }
}
