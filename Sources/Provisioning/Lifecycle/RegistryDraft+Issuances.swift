// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Registry
import TLS

/// What an issuance is made with.
struct IssuancePlan: Sendable {
    var reason: Issuance.Reason
    var state: Issuance.State
    /// In PEM; nil: it is not known.
    var request: String?
    /// In PEM; nil when it is the client's.
    var key: [UInt8]?
    var revokes: VersionNumber?
    var compatibility: Compatibility = [:]
}

extension RegistryDraft {
    /// Makes an issuance of `certificate`, with the number that its result will have. `certificate` is
    /// put by the caller.
    func begin(
        _ plan: IssuancePlan, of certificate: inout ManagedCertificate, zone: ChallengeZoneName?
    ) async throws -> Issuance {
        let number: IssuanceNumber = try await nextNumber()
        let versionNumber: VersionNumber = try await nextNumber()
        var issuance = Issuance(
            number: number, account: certificate.account, certificate: certificate.number,
            version: versionNumber, reason: plan.reason, state: plan.state,
            requestID: caller.requestID, at: now)
        issuance.commonName = certificate.names.first
        issuance.request = plan.request
        issuance.revokes = plan.revokes
        issuance.compatibility = plan.compatibility
        issuance.startedAt = plan.state == .draft ? nil : now
        if certificate.issuer == .configured {
            issuance.authorizations = certificate.names.map {
                AuthorizationProgress(
                    name: $0, delegation: ChallengeZoneName.delegation(of: $0, to: zone))
            }
        }
        if let key = plan.key { putPrivateKey(key, as: number.value) }
        put(
            CertificateVersion(
                number: versionNumber, account: certificate.account,
                certificate: certificate.number, issuance: number, state: .reserved,
                source: certificate.issuer == .configured ? .issued : .upload,
                names: certificate.names, at: now))
        certificate.openIssuance = number
        certificate.issuances.append(number)
        certificate.issuances = certificate.issuances.suffix(ManagedCertificate.issuancesMax)
        certificate.versions.append(versionNumber)
        certificate.versions = certificate.versions.suffix(ManagedCertificate.versionsMax)
        issuance = put(issuance)
        if plan.state != .draft, plan.state.isOpen { record(.issuanceStarted, about: issuance) }
        return issuance
    }

    /// Takes `step` and puts the issuance after `change`; nil, and nothing happens, where it has ended or
    /// cannot take it.
    func advance(
        _ number: IssuanceNumber, by step: IssuanceProgress.Step,
        _ change: (inout Issuance) -> Void = { _ in }
    ) async throws -> Issuance? {
        guard var issuance = try await issuance(number), issuance.take(step) else { return nil }
        if !issuance.state.isOpen {
            issuance.endedAt = now
            issuance.attempts?.next = nil
        }
        change(&issuance)
        return put(issuance)
    }

    /// Frees the certificate of an issuance that has ended, and lets go of the number that its result
    /// would have had.
    func end(_ issuance: Issuance) async throws {
        if var certificate = try await certificate(issuance.certificate) {
            if certificate.openIssuance == issuance.number { certificate.openIssuance = nil }
            if issuance.state.isFailure { certificate.hasFailed = true }
            put(certificate)
        }
        guard var version = try await version(issuance.version), version.state == .reserved else {
            return
        }
        version.state = .deleted
        put(version)
        removePrivateKey(issuance.number.value)
    }

    /// Ends an issuance of a certificate that goes, also one whose result is on its way.
    func cancel(_ number: IssuanceNumber) async throws {
        var ended = try await advance(number, by: .cancel)
        if ended == nil { ended = try await advance(number, by: .failInstallation) }
        guard let ended else { return }
        try await end(ended)
        record(.issuanceCanceled, about: ended)
    }

    /// Writes what a signed certificate says of itself into its version, and has its end announced.
    func fill(
        _ version: inout CertificateVersion, with chain: CertificateChain, facts: PublicKeyFacts,
        pem: String, notices: [Int]
    ) {
        let leaf = chain.leaf
        version.names = leaf.names
        version.chain = pem
        version.serial = leaf.serialHex
        version.fingerprint = leaf.fingerprint
        version.keyFingerprint = facts.fingerprint
        version.notBefore = leaf.notBefore
        version.notAfter = leaf.notAfter
        version.expiryNotice = notices
        remind(DueMoment(.expiry, of: version.number, at: leaf.notAfter))
        remind(notices, of: version)
    }

    /// Has `version.expiring` told so many days before its end; what is past already is not.
    func remind(_ notices: [Int], of version: CertificateVersion) {
        guard let end = version.notAfter else { return }
        for days in Set(notices) {
            let moment = end.addingTimeInterval(-86_400 * Double(days))
            guard moment > now else { continue }
            remind(DueMoment(.expiryNotice, of: version.number, at: moment, days: days))
        }
    }
}
