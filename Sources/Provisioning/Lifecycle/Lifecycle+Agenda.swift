// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Networking
package import Registry
import Storage
import TLS

/// What is to be done at its time: missing delegations looked for again, ends of versions told, successors
/// of what is not in service obtained.
extension Lifecycle {
    /// Sets the timer for whatever comes first.
    func arm() {
        timer?.cancel()
        let wait = looks.first.map { clock().duration(to: $0.moment) } ?? Self.patience
        timer = loop.schedule(after: min(max(wait, .zero), Self.patience)) { [weak self] in
            self?.assumeIsolated { lifecycle in
                _ = Task { await lifecycle.doWhatIsDue() }
            }
        }
    }

    /// Does what is due now. The timer calls it; call it too when the wall clock was set.
    package func doWhatIsDue() async {
        guard !isAtAgenda else { return }
        isAtAgenda = true
        defer {
            isAtAgenda = false
            arm()
        }
        let now = clock()
        while let look = looks.popDue(at: now) {
            // One that was made up for by another, or taken up meanwhile, does not hold any more.
            guard looking[look.element] == look.moment else { continue }
            enqueue(look.element)
        }
        var rounds = 0
        while rounds < Self.roundsMax, await seeToDue(before: now) { rounds += 1 }
    }

    /// Sees to what is due, in one batch. False where nothing is, or something could not be done: its moment
    /// is still there the next time.
    private func seeToDue(before now: Date) async -> Bool {
        let moments: [DueMoment]
        do throws(LifecycleError) {
            moments = try await read { () async throws(StorageError) in
                try await registry.due(before: now, limit: configuration.batch)
            }
        } catch {
            report(error, .due)
            return false
        }
        var isDone = !moments.isEmpty
        for moment in moments {
            do throws(LifecycleError) {
                try await see(to: moment)
            } catch {
                report(error, .due, "of \(moment.version.identifier)")
                isDone = false
            }
        }
        return isDone
    }

    private func see(to moment: DueMoment) async throws(LifecycleError) {
        let (version, certificate) = try await read { () async throws(StorageError) in
            let version = try await registry.version(moment.version)
            guard let version else { return (nil, nil) as Subject }
            return (version, try await registry.certificate(version.certificate))
        }
        guard let version, let certificate, !certificate.isDeleted,
            certificate.currentVersion == version.number,
            version.state != .revoked, version.state != .deleted
        else { return try await settle(moment, of: version) }
        switch moment.kind {
        case .expiryNotice: try await tell(.versionExpiring, of: version, moment)
        case .expiry: try await tell(.versionExpired, of: version, moment)
        case .renewal: try await renew(certificate, moment)
        }
    }

    private typealias Subject = (CertificateVersion?, ManagedCertificate?)

    /// Lets go of what concerns nobody any more.
    private func settle(
        _ moment: DueMoment, of version: CertificateVersion?
    ) async throws(LifecycleError) {
        let account = version?.account ?? Caller.mainAccount
        try await change(by: .edge(account, because: .expiry)) { change in
            change.settle(moment)
            if moment.kind == .expiry { try await change.forgetKey(ofEnded: moment.version) }
        }
    }

    private func tell(
        _ kind: Event.Kind, of version: CertificateVersion, _ moment: DueMoment
    ) async throws(LifecycleError) {
        let hosts = try await sites(using: [version.number], of: version.account).flatMap(\.hosts)
        let names = version.names + hosts.map { .exact($0) }
        try await change(by: .edge(version.account, because: .expiry)) { change in
            change.settle(moment)
            guard let version = try await change.version(version.number) else { return }
            let isTold = kind == .versionExpired || version.expiryNotice.contains(moment.days)
            if isTold { change.record(kind, about: version) }
            guard kind == .versionExpired else { return }
            // One whose certificate has lost its names to another one.
            if version.state == .superseded { try await change.forgetKey(ofEnded: version.number) }
            for name in names { try await change.expire(name, with: version.certificate) }
        }
    }

    private func renew(
        _ certificate: ManagedCertificate, _ moment: DueMoment
    ) async throws(LifecycleError) {
        let outcome = await renew(certificate.number, because: .renewal)
        let pause = configuration.renewalInterval.lowerBound
        try await change(by: .edge(certificate.account, because: .renewal)) { change in
            change.settle(moment)
            guard case .postponed(let until) = outcome, until > change.now,
                until < .distantFuture
            else { return }
            // One that has begun plans the next attempt itself, when it fails.
            guard try await change.certificate(certificate.number)?.openIssuance == nil else {
                return
            }
            change.remind(
                DueMoment(
                    .renewal, of: moment.version,
                    at: max(until, change.now + pause)))
        }
    }

    /// What may be done before other work gets its turn, in batches.
    private static var roundsMax: Int { 100 }
    /// Dates are looked at this often at least, for the wall clock may be set.
    private static var patience: Duration { .seconds(60) }
}

extension Lifecycle: ManagedRenewal {
    package func renew(
        _ number: CertificateNumber, because reason: Issuance.Reason
    ) async -> RenewalOutcome {
        let now = clock()
        let later = RenewalOutcome.postponed(
            until: now + configuration.renewalInterval.upperBound)
        let soon = RenewalOutcome.postponed(
            until: now + configuration.renewalInterval.lowerBound)
        let found: ManagedCertificate?
        do throws(LifecycleError) {
            found = try await read { () async throws(StorageError) in
                try await registry.certificate(number)
            }
        } catch {
            report(error, .renewing, number.identifier)
            return soon
        }
        guard let certificate = found else { return soon }
        guard certificate.renewsItself, !certificate.isDeleted, certificate.issuer == .configured,
            certificate.renewsUntil.map({ $0 > now }) ?? true
        else { return later }
        guard certificate.openIssuance == nil else { return soon }
        let pause = await renewalPause(of: number)
        if let failed = await lastFailure(of: certificate), failed + pause > now {
            return .postponed(until: failed + pause)
        }
        let caller = Caller.edge(certificate.account, because: reason.cause)
        do throws(LifecycleError) {
            _ = try await issue(number, IssuanceDraft(reason: reason), by: caller)
        } catch {
            report(error, .renewing, number.identifier)
        }
        return soon
    }

    private func lastFailure(of certificate: ManagedCertificate) async -> Date? {
        guard let last = certificate.issuances.last,
            let issuance = try? await registry.issuance(last),
            issuance.state.isFailure
        else { return nil }
        return issuance.endedAt
    }

    /// The wait after a failed attempt: doubled with each one in a row.
    func renewalPause(of number: CertificateNumber) async -> Duration {
        var pause = configuration.renewalInterval.lowerBound
        guard let certificate = try? await registry.certificate(number) else { return pause }
        for issuance in certificate.issuances.suffix(Self.attemptsCounted).reversed() {
            guard let attempt = try? await registry.issuance(issuance), attempt.state.isFailure
            else { break }
            pause = pause * 2
        }
        return pause.clamped(to: configuration.renewalInterval)
    }

    /// Failed attempts in a row that count.
    private static var attemptsCounted: Int { 8 }
}
