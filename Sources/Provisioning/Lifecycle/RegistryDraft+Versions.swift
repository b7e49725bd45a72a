// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Registry
import TLS

extension RegistryDraft {
    /// Notes that a version serves where `deployment` says, and no longer the one before it. Its successor
    /// is due after `share` of its time.
    func serve(
        _ number: VersionNumber, _ deployment: Lifecycle.Deployment, renewingAt share: Double
    ) async throws {
        guard var version = try await version(number),
            var certificate = try await certificate(version.certificate)
        else { return }
        let previous = certificate.currentVersion
        certificate.currentVersion = number
        certificate.hasFailed = false
        put(certificate)
        if !deployment.isEmpty, version.state != .active {
            version.state = .active
            version = put(version)
            record(.versionActivated, about: version)
        }
        for site in deployment.sites {
            try await move(site.number, to: version)
        }
        var displaced: Set<CertificateNumber> = []
        try await readAhead(deployment.names)
        // One that was deprovisioned meanwhile stays refused.
        for name in try await inService(deployment.names) {
            if let other = try await secure(name, with: certificate.number) {
                displaced.insert(other)
            }
        }
        for other in displaced { try await supersede(unlessServing: other) }
        if let previous, previous != number {
            if !deployment.isEmpty { try await supersede(previous) }
            try await forgetKey(ofEnded: previous)
        }
        try await planRenewal(of: version, certificate, at: share)
    }

    /// Notes that a version does not serve any more.
    func supersede(_ number: VersionNumber) async throws {
        guard var version = try await version(number), version.state == .active else { return }
        version.state = .superseded
        version = put(version)
        record(.versionSuperseded, about: version)
    }

    /// The same for the current version of a certificate that has lost a name to another one, unless it
    /// has others left.
    func supersede(unlessServing number: CertificateNumber) async throws {
        guard let certificate = try await certificate(number) else { return }
        for name in certificate.names {
            if try await domain(named: name)?.certificate == number { return }
        }
        if let current = certificate.currentVersion { try await supersede(current) }
    }

    /// Removes the key of a version that is over and was not its certificate's last: all it is good for is
    /// to pass for its owner, or to read what somebody has recorded.
    func forgetKey(ofEnded number: VersionNumber) async throws {
        guard var version = try await version(number), version.hasKey,
            let end = version.notAfter, end <= now
        else { return }
        removePrivateKey(version.keyNumber)
        version.hasKey = false
        version = put(version)
        record(.keyDeleted, about: version, because: .expiry)
    }

    func markRevoked(_ number: VersionNumber) async throws {
        guard var version = try await version(number), version.state != .revoked else { return }
        version.state = .revoked
        version.revokedAt = now
        version = put(version)
        record(.versionRevoked, about: version, because: .revocation)
    }

    /// A site that was linked to the version before has this one.
    private func move(_ number: SiteNumber, to version: CertificateVersion) async throws {
        guard var site = try await site(number),
            site.linkedVersion != version.number
                || (site.isPublished && site.publishedVersion != version.number)
        else { return }
        site.linkedVersion = version.number
        site = put(site)
        record(.siteLinked, about: site)
        guard site.isPublished else { return }
        site.publish(version.number, revision: site.publications.last?.revision, at: now)
        site = put(site)
        record(.sitePublished, about: site)
    }

    // MARK: Renewal

    /// Has a successor obtained after `share` of its time, as `renewal.at` says, where the table of what is
    /// in service does not see to it: for a certificate that is not in service.
    func planRenewal(
        of version: CertificateVersion, _ certificate: ManagedCertificate, at share: Double,
        after pause: Duration? = nil
    ) async throws {
        guard certificate.issuer == .configured, let start = version.notBefore,
            let end = version.notAfter,
            certificate.keySource == .client || certificate.activation == .sites
        else { return }
        let due =
            pause.map { now + $0 }
            ?? RenewalSchedule.due(
                notBefore: start, notAfter: end, at: share,
                name: certificate.names[0].text)
        remind(DueMoment(.renewal, of: version.number, at: due))
    }

    /// The same for the version that there is, after a failed attempt.
    func planRenewal(
        ofCertificate number: CertificateNumber, at share: Double, after pause: Duration
    ) async throws {
        guard let certificate = try await certificate(number), !certificate.isDeleted,
            let current = certificate.currentVersion, let version = try await version(current),
            version.state != .reserved
        else { return }
        try await planRenewal(of: version, certificate, at: share, after: pause)
    }
}

extension Site {
    /// Notes that a version serves it from now on.
    mutating func publish(_ version: VersionNumber, revision: Int?, at now: Date) {
        publishedVersion = version
        append(
            Publication(
                number: nextPublication, revision: revision, version: version, isActive: true,
                state: .accepted, detail: nil, at: now))
    }

    /// Notes that it is out of service.
    mutating func unpublish(at now: Date) {
        publishedVersion = nil
        append(
            Publication(
                number: nextPublication, revision: publications.last?.revision, version: nil,
                isActive: false, state: .accepted, detail: nil, at: now))
    }

    var nextPublication: Int { (publications.last?.number ?? 0) + 1 }

    mutating func append(_ publication: Publication) {
        publications.append(publication)
        publications = publications.suffix(Self.historyMax)
    }
}
