// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
package import Registry
import Storage
import TLS

/// Signed certificates that clients bring.
extension Lifecycle {
    /// Takes in a signed certificate: with its key as a certificate of its own, or as the result of the
    /// issuance whose request was signed. Throws `.unfit` for what must not be served; nothing of it is
    /// stored then.
    package func upload(
        _ upload: VersionUpload, by caller: Caller
    ) async throws(LifecycleError) -> CertificateVersion {
        try Self.require(expiryNotice: upload.expiryNotice)
        let number: IssuanceNumber
        switch (upload.privateKey, upload.issuance) {
        case (let key?, nil): number = try await uploadPair(upload, key, by: caller)
        case (nil, let issuance?):
            number = try await complete(issuance, with: upload, by: caller)
        case (nil, nil):
            throw .invalid(
                field: "private_key", reason: "a key, or the issuance whose request was signed")
        case (_?, _?):
            throw .invalid(
                field: "private_key", reason: "the key of an issuance never comes from outside")
        }
        return try await installed(number, by: caller)
    }

    /// Puts another signed certificate in the place of one that was uploaded; the number stays. Where it
    /// is in service its successor is, when this returns.
    package func replace(
        _ number: VersionNumber, with upload: VersionUpload, by caller: Caller
    ) async throws(LifecycleError) -> CertificateVersion {
        try Self.require(expiryNotice: upload.expiryNotice)
        let present = try await version(number, for: caller)
        try Self.requireReplaceable(present)
        let hosts = try await sites(using: [number], of: caller.account).flatMap(\.hosts)
        let papers = try await papers(
            upload, key: try await key(of: upload, replacing: present),
            required: upload.requiredNames + hosts.map { .exact($0) })
        let issuance = try await change(by: caller) { change in
            var version = try await change.version(number).owned(by: caller, as: "\(number)")
            // It may have been deleted or revoked, or have ended, while its successor was checked.
            try Lifecycle.requireReplaceable(version)
            guard version.hasKey || upload.privateKey != nil else {
                throw LifecycleError.keyUnavailable(number)
            }
            guard var certificate = try await change.certificate(version.certificate),
                !certificate.isDeleted
            else { throw LifecycleError.notFound(.version, "\(number)") }
            if let open = certificate.openIssuance {
                throw LifecycleError.conflict("issuance \(open) is not done")
            }
            for moment in version.moments { change.settle(moment) }
            change.fill(&version, upload, papers)
            version.hasKey = true
            version = change.put(version)
            if upload.privateKey != nil {
                change.putPrivateKey(papers.key, as: version.keyNumber)
            }
            certificate.names = version.names
            let issuance = try await change.deliver(
                version.number, of: &certificate, because: .reissue)
            change.put(certificate)
            change.record(.versionUploaded, about: version)
            return issuance
        }
        return try await installed(issuance, by: caller)
    }

    private static func requireReplaceable(
        _ version: CertificateVersion
    ) throws(LifecycleError) {
        guard version.source == .upload else {
            throw .conflict("version \(version.number) was issued: only uploads are replaced")
        }
        switch version.state {
        case .reserved: throw .notIssued(version.number)
        case .deleted: throw .notFound(.version, "\(version.number)")
        case .revoked: throw .conflict("version \(version.number) is revoked")
        case .issued, .active, .superseded: break
        }
    }

    /// Puts what was uploaded into service where it belongs, and answers it as it is then.
    private func installed(
        _ number: IssuanceNumber, by caller: Caller
    ) async throws(LifecycleError) -> CertificateVersion {
        try await install(number)
        let issuance = try await issuance(number, for: caller)
        return try await version(issuance.version, for: caller)
    }

    /// Checks an upload. Not on the control loop: its signatures are the client's to choose, and handshakes
    /// wait there.
    private func papers(
        _ upload: VersionUpload, key: UploadCheck.Key, required: [CertificateName]
    ) async throws(LifecycleError) -> Papers {
        let now = clock()
        return try await keys.aside { () throws(LifecycleError) in
            try Papers(UploadCheck(upload, key: key, required: required, at: now))
        }
    }

    private func key(
        of upload: VersionUpload, replacing version: CertificateVersion
    ) async throws(LifecycleError) -> UploadCheck.Key {
        if let key = upload.privateKey {
            guard version.issuance == nil else {
                throw .invalid(
                    field: "private_key", reason: "the key of an issuance never comes from outside")
            }
            return .uploaded(key)
        }
        guard upload.issuance == nil || upload.issuance == version.issuance else {
            throw .invalid(field: "issuance_id", reason: "it is that of another version")
        }
        return try await ourKey(version.keyNumber, version.number)
    }

    private func ourKey(
        _ number: Int, _ version: VersionNumber
    ) async throws(LifecycleError) -> UploadCheck.Key {
        let pem = try await read { () async throws(StorageError) in
            try await registry.privateKey(number)
        }
        guard let pem else { throw .keyUnavailable(version) }
        do {
            return .ours(try PrivateKey(pem: pem))
        } catch {
            throw .unavailable("the key of version \(version): \(error)")
        }
    }

    // MARK: Pairs

    private func uploadPair(
        _ upload: VersionUpload, _ key: String, by caller: Caller
    ) async throws(LifecycleError) -> IssuanceNumber {
        let papers = try await papers(
            upload, key: .uploaded(key), required: upload.requiredNames)
        let made = try await change(by: caller) { change in
            var readmitted: Set<CertificateName> = []
            if upload.activation == .automatic {
                try await change.claim(papers.names)
                readmitted = try await change.readmit(papers.names)
            }
            let number: CertificateNumber = try await change.nextNumber()
            var certificate = ManagedCertificate(
                number: number, account: caller.account, names: papers.names,
                keyKind: papers.keyKind, keySource: .upload, issuer: .external,
                activation: upload.activation, renewsItself: false, at: change.now)
            certificate.expiryNotice = upload.expiryNotice
            certificate.clientReference = upload.clientReference
            certificate.description = upload.description
            certificate.compatibility = upload.compatibility
            let versionNumber: VersionNumber = try await change.nextNumber()
            var version = CertificateVersion(
                number: versionNumber, account: caller.account, certificate: number,
                issuance: nil, state: .issued, source: .upload, names: papers.names,
                at: change.now)
            change.fill(&version, upload, papers)
            version.hasKey = true
            version = change.put(version)
            change.putPrivateKey(papers.key, as: version.keyNumber)
            certificate.versions = [versionNumber]
            certificate.currentVersion = versionNumber
            change.record(.certificateCreated, about: certificate)
            let issuance = try await change.deliver(
                versionNumber, of: &certificate, because: .api)
            change.put(certificate)
            change.record(.versionUploaded, about: version)
            return (issuance: issuance, names: readmitted)
        }
        await provisioner.restore(made.names)
        return made.issuance
    }

    // MARK: Requests of ours that another CA has signed

    private func complete(
        _ number: IssuanceNumber, with upload: VersionUpload, by caller: Caller
    ) async throws(LifecycleError) -> IssuanceNumber {
        let issuance = try await issuance(number, for: caller)
        guard issuance.state == .awaitingCertificate else {
            throw .conflict(
                "issuance \(number) waits for no certificate: it is \(issuance.state.rawValue)")
        }
        let certificate = try await certificate(issuance.certificate, for: caller)
        let papers = try await papers(
            upload, key: try await ourKey(number.value, issuance.version),
            required: certificate.names + upload.requiredNames)
        let readmitted = try await change(by: caller) { change in
            guard try await change.advance(number, by: .issue) != nil,
                var version = try await change.version(issuance.version),
                var certificate = try await change.certificate(issuance.certificate)
            else { throw LifecycleError.conflict("issuance \(number) has ended") }
            var readmitted: Set<CertificateName> = []
            if certificate.activation == .automatic {
                try await change.claim(papers.names)
                readmitted = try await change.readmit(papers.names)
            }
            if !upload.expiryNotice.isEmpty { certificate.expiryNotice = upload.expiryNotice }
            if certificate.currentVersion == nil { certificate.currentVersion = version.number }
            change.put(certificate)
            change.fill(&version, upload, papers)
            version.state = .issued
            version.hasKey = true
            version = change.put(version)
            change.record(.versionUploaded, about: version)
            return readmitted
        }
        await provisioner.restore(readmitted)
        return number
    }
}

/// What is written down of an upload that was found fit.
struct Papers: Sendable {
    let chain: CertificateChain
    let pem: String
    let key: [UInt8]
    let keyKind: KeyKind
    let facts: PublicKeyFacts

    var names: [CertificateName] { chain.leaf.names }

    init(_ check: UploadCheck) throws(LifecycleError) {
        chain = check.chain
        guard chain.leaf.names.count <= ManagedCertificate.namesMax else {
            throw .invalid(
                field: "certificate", reason: "at most \(ManagedCertificate.namesMax) names")
        }
        do throws(TLSError) {
            pem = String(decoding: try chain.pem, as: UTF8.self)
            key = try check.key.pem
            facts = try check.key.publicKeyFacts
        } catch {
            throw .unavailable("\(error)")
        }
        keyKind = facts.algorithm == "RSA" ? .rsa2048 : .p256
    }
}

extension RegistryDraft {
    /// Writes an upload into its version.
    fileprivate func fill(
        _ version: inout CertificateVersion, _ upload: VersionUpload, _ papers: Papers
    ) {
        fill(
            &version, with: papers.chain, facts: papers.facts, pem: papers.pem,
            notices: upload.expiryNotice)
        version.description = upload.description
        version.compatibility = upload.compatibility
    }

    /// Makes the issuance by which a version that is there already comes into service, so that a crash
    /// before that is made good.
    fileprivate func deliver(
        _ version: VersionNumber, of certificate: inout ManagedCertificate,
        because reason: Issuance.Reason
    ) async throws -> IssuanceNumber {
        let number: IssuanceNumber = try await nextNumber()
        var issuance = Issuance(
            number: number, account: certificate.account, certificate: certificate.number,
            version: version, reason: reason, state: .installing, requestID: caller.requestID,
            at: now)
        issuance.commonName = certificate.names.first
        issuance.startedAt = now
        put(issuance)
        certificate.openIssuance = number
        certificate.issuances.append(number)
        certificate.issuances = certificate.issuances.suffix(ManagedCertificate.issuancesMax)
        return number
    }
}

extension CertificateVersion {
    /// What was noted about its end.
    var moments: [DueMoment] {
        guard let end = notAfter else { return [] }
        return [DueMoment(.expiry, of: number, at: end)]
            + expiryNotice.map { days in
                DueMoment(
                    .expiryNotice, of: number, at: end.addingTimeInterval(-86_400 * Double(days)),
                    days: days)
            }
    }
}
