// SPDX-License-Identifier: Apache-2.0
import ACME
import FoundationEssentials
import Networking
import Registry
import Storage
import TLS

/// From a signed certificate to one that serves, and what follows from that.
extension Lifecycle {
    /// A version with all that serving it takes.
    struct Servable: Sendable {
        let version: CertificateVersion
        let certificate: ManagedCertificate
        let chain: CertificateChain
        let key: PrivateKey
        var provenance: Provenance
    }

    /// Puts the result of an issuance into service where it belongs, ends the issuance, and what it
    /// replaces. May be done again after a crash at any moment.
    func install(
        _ number: IssuanceNumber, from issued: IssuedCertificate? = nil
    ) async throws(LifecycleError) {
        let found = try await read { () async throws(StorageError) in
            let issuance = try await registry.issuance(number)
            guard let issuance, issuance.state == .installing,
                let version = try await registry.version(issuance.version)
            else { return nil as (Issuance, CertificateVersion)? }
            return (issuance, version)
        }
        guard let (issuance, version) = found else { return }
        do throws(LifecycleError) {
            guard version.hasKey else {
                return try await finish(issuance, Deployment()) { () throws(LifecycleError) in }
            }
            var found = try await servable(version)
            if let issued { found.provenance.adopt(issued) }
            let servable = found
            let deployment = try await deployment(of: servable, by: edge(for: issuance))
            try await finish(issuance, deployment) { () async throws(LifecycleError) in
                try await install(servable, in: deployment)
            }
        } catch {
            let failure: Issuance.Failure
            switch error {
            // Storage is in trouble, or has too much to do: that may pass.
            case .unavailable(let why), .rateLimited(let why, _):
                failure = .installation(detail: why)
            default:
                return try await end(
                    issuance, .failInstallation, .installation(detail: "\(error)"))
            }
            guard try await !postpone(issuance, failure) else { return }
            try await end(issuance, .failInstallation, failure)
        }
    }

    /// A version whose key we have, read and parsed. Throws `.keyUnavailable` for one without, `.unfit` for
    /// one that cannot be parsed.
    func servable(_ version: CertificateVersion) async throws(LifecycleError) -> Servable {
        guard version.hasKey, let text = version.chain else {
            throw version.chain == nil
                ? .notIssued(version.number) : .keyUnavailable(version.number)
        }
        let (certificate, pem) = try await read { () async throws(StorageError) in
            (
                try await registry.certificate(version.certificate),
                try await registry.privateKey(version.keyNumber)
            )
        }
        guard let certificate, let pem else { throw .keyUnavailable(version.number) }
        let chain: CertificateChain
        let key: PrivateKey
        do throws(TLSError) {
            chain = try CertificateChain(pem: Array(text.utf8))
            key = try PrivateKey(pem: pem)
        } catch {
            throw .unfit(
                field: "certificate", .unsuitable("version \(version.number): \(error)"))
        }
        var provenance = Provenance()
        provenance.certificate = certificate.number
        provenance.issuer = version.issuer
        if version.issuer != nil {
            provenance.ariCertificateID = CertificateID(chain.leaf)?.text
            provenance.renewAt =
                RenewalSchedule.due(
                    notBefore: chain.leaf.notBefore, notAfter: chain.leaf.notAfter,
                    at: await provisioner.policy.renewAt, name: certificate.names[0].text
                ).wholeSeconds
        }
        return Servable(
            version: version, certificate: certificate, chain: chain, key: key,
            provenance: provenance)
    }

    /// Where a version serves.
    struct Deployment: Sendable {
        /// By its names.
        var names: [CertificateName] = []
        /// Sites that have it from now on.
        var sites: [Site] = []

        var directories: [CertificateName] {
            names + sites.filter(\.isPublished).flatMap(\.hosts).map { .exact($0) }
        }

        var isEmpty: Bool { names.isEmpty && !sites.contains { $0.isPublished } }
    }

    /// Where a version belongs: its names where it is activated by itself, and the sites that are linked
    /// to another version of its certificate. Throws `.conflict` where it does not cover one of those.
    func deployment(
        of servable: Servable, by caller: Caller
    ) async throws(LifecycleError) -> Deployment {
        guard !servable.certificate.isDeleted else {
            throw .conflict("certificate \(servable.certificate.number) was deleted")
        }
        var deployment = Deployment()
        deployment.sites = try await sites(linkedTo: servable.certificate)
        let uncovered = deployment.sites.filter { !servable.covers($0.hosts) }
        if let site = uncovered.first {
            throw .conflict("it does not cover every host of site \(site.number)")
        }
        if servable.certificate.activation == .automatic {
            deployment.names = try await namesToServe(servable, by: caller)
        }
        return deployment
    }

    /// Puts a version into service where it belongs, but for names that were deprovisioned meanwhile.
    func install(_ servable: Servable, in deployment: Deployment) async throws(LifecycleError) {
        let directories = try await read { () async throws(StorageError) in
            var directories: [CertificateName] = []
            for name in deployment.directories where try await !registry.isWithdrawn(name) {
                directories.append(name)
            }
            return directories
        }
        try await install(servable, as: directories)
    }

    /// Returns when every data loop serves it. Throws `.unavailable` when it could not be stored, `.unfit`
    /// for what libssl does not serve.
    func install(
        _ servable: Servable, as directories: [CertificateName]
    ) async throws(LifecycleError) {
        var seen: Set<CertificateName> = []
        let directories = directories.filter { seen.insert($0).inserted }
        guard !directories.isEmpty else { return }
        do throws(Provisioner.InstallationError) {
            try await provisioner.install(
                servable.chain, servable.key, as: directories, provenance: servable.provenance)
        } catch {
            let why = "putting version \(servable.version.number) into service: \(error)"
            switch error {
            case .storage: throw .unavailable(why)
            case .pair: throw .unfit(field: "certificate", .unsuitable(why))
            }
        }
    }

    /// Its names, without those that were deprovisioned and hosts of sites that serve another one.
    private func namesToServe(
        _ servable: Servable, by caller: Caller
    ) async throws(LifecycleError) -> [CertificateName] {
        let certificate = servable.certificate.number
        return try await read { () async throws(StorageError) in
            var names: [CertificateName] = []
            for name in servable.version.names {
                guard try await !registry.isWithdrawn(name) else { continue }
                if let domain = try await registry.domain(named: name),
                    domain.account != caller.account
                {
                    continue
                }
                if case .exact(let host) = name,
                    let published = try await registry.site(hosting: host)?.publishedVersion,
                    try await registry.version(published)?.certificate != certificate
                {
                    continue
                }
                names.append(name)
            }
            return names
        }
    }

    /// Puts the result of an issuance into service by `files`, and says so. Throws `.conflict` where the
    /// issuance was ended meanwhile.
    private func finish(
        _ issuance: Issuance, _ deployment: Deployment,
        files: () async throws(LifecycleError) -> Void
    ) async throws(LifecycleError) {
        let share = await provisioner.policy.renewAt
        try await changeService(
            of: deployment.directories, by: edge(for: issuance)
        ) { () async throws(LifecycleError) in
            try await files()
            // The old one is not revoked before the new one serves.
            return await revocation(of: issuance.revokes)
        } commit: { change, revocation in
            let ended = try await change.advance(issuance.number, by: .install) { issuance in
                issuance.failure = nil
                for index in issuance.authorizations.indices {
                    issuance.authorizations[index].state = .valid
                    issuance.authorizations[index].error = nil
                }
                if case .failed(let why)? = revocation {
                    issuance.failure = Issuance.Failure(
                        code: "revocation", detail: why, blame: Blame.issuer.rawValue)
                }
            }
            guard let ended else { throw LifecycleError.conflict("it was ended meanwhile") }
            try await change.end(ended)
            if let old = issuance.revokes, revocation == .done {
                try await change.markRevoked(old)
            }
            change.record(.issuanceDone, about: ended)
            try await change.serve(issuance.version, deployment, renewingAt: share)
        }
    }

    /// What came of revoking.
    enum Revocation: Equatable, Sendable {
        case done
        case failed(String)
    }

    /// Has a version revoked by its CA, tried a few times; nil: there is nothing to revoke.
    func revocation(
        of number: VersionNumber?, because reason: RevocationReason = .superseded
    ) async -> Revocation? {
        guard let number,
            let version = try? await registry.version(number), version.state != .revoked,
            let text = version.chain, let issuer = version.issuer,
            let leaf = try? Certificate(pem: Array(text.utf8))
        else { return nil }
        var trouble = ""
        for attempt in 1...Self.revocationAttempts {
            do throws(IssuerError) {
                try await provisioner.revoke(leaf, issuer: issuer, because: reason)
                return .done
            } catch {
                trouble = "\(error)"
            }
            guard attempt < Self.revocationAttempts else { break }
            try? await loop.sleep(for: Self.revocationPause)
        }
        return .failed(trouble)
    }

    private static var revocationAttempts: Int { 3 }
    private static var revocationPause: Duration { .milliseconds(500) }
}

extension Lifecycle.Servable {
    func covers(_ hosts: [ServerName]) -> Bool {
        hosts.allSatisfy { host in version.names.contains { $0.covers(host) } }
    }
}

extension Issuance.Failure {
    /// What is signed could not be put into service.
    fileprivate static func installation(detail: String) -> Self {
        Self(code: "install", detail: detail, blame: Blame.operator.rawValue)
    }
}

extension CertificateVersion {
    /// What its private key is filed under.
    var keyNumber: Int { issuance?.value ?? number.value }
}

extension Provenance {
    /// Takes over what only the CA's answer says.
    mutating func adopt(_ issued: IssuedCertificate) {
        accountURL = issued.accountURL
        orderURL = issued.orderURL
        ariCertificateID = issued.certificateID?.text
    }
}
