// SPDX-License-Identifier: Apache-2.0
import ACME
package import FoundationEssentials
import Networking
import TLS

/// What came of an attempt to renew a certificate.
package enum RenewalOutcome: Sendable {
    /// Its successor is in service, or waits to be stored.
    case renewed
    /// The domain points elsewhere; the CA was not asked. To be looked at again then.
    case moved(until: Date)
    /// It was not to be had, and is tried again then.
    case postponed(until: Date)
}

extension Provisioner {
    /// How long a domain that has moved, or that nobody but its owner can help, is left alone.
    static var settledWait: Duration { .seconds(86_400) }

    /// Replaces a certificate by a fresh one for the same names. The one in service is not touched
    /// before its successor is stored.
    package func renew(_ certificate: StoredCertificate) async -> RenewalOutcome {
        guard let directory = certificate.directory else {
            return .postponed(until: .distantFuture)
        }
        guard unstored[directory] == nil else {
            return .postponed(until: clock() + Self.storeAgainInterval)
        }
        guard case .exact(let name) = directory, !certificate.hasWildcard else {
            return unrenewable(directory, "a wildcard needs dns-01, which no issuer here offers")
        }
        guard !isInFlight(name) else { return .postponed(until: clock() + waits.denied) }
        let flight = begin(name)
        do {
            let successor = try await successor(of: certificate, name)
            land(flight, .success(successor))
            return .renewed
        } catch {
            land(flight, .failure(error.failure))
            return error.outcome
        }
    }

    /// Why there is no successor: what the schedule has to know, and what handshakes are told that
    /// came meanwhile because the certificate has expired.
    private struct Setback: Error {
        let outcome: RenewalOutcome
        let failure: ProvisioningFailure
    }

    private func successor(
        of certificate: StoredCertificate, _ name: ServerName
    ) async throws(Setback) -> StoredCertificate {
        let times = StepTimes(start: .now)
        let (names, permissions) = try await renewable(certificate, name, times)
        let request = IssuanceRequest(
            names: names, keyKind: policy.keyKind, replaces: certificate.prior,
            permissions: permissions)
        let fresh: StoredCertificate
        do {
            fresh = try stored(try await issue(request, times), as: .exact(name))
        } catch {
            throw postponed(certificate, name, error)
        }
        if let present = table.value[.exact(name)],
            !present.isSame(as: certificate)
        {
            // Somebody has put another pair there meanwhile: theirs stays.
            return present
        }
        if certificate.provenance.movedAt != nil { events.record(.returned(.exact(name))) }
        if await store(fresh, times) {
            events.record(.renewed(.exact(name), fresh.metadata, times.times))
        }
        refusals.value.clear(name)
        return fresh
    }

    /// The names that still point here, and who may issue for all of them.
    private func renewable(
        _ certificate: StoredCertificate, _ name: ServerName, _ times: StepTimes
    ) async throws(Setback) -> ([ServerName], [CAAPermission]) {
        let identities: [CAAIdentity]
        do {
            identities = try await self.identities(for: name)
        } catch {
            throw postponed(certificate, name, error)
        }
        var names: [ServerName] = []
        var permissions = identities.map {
            CAAPermission(issuer: $0.issuer, methods: $0.methods)
        }
        for host in [name] + certificate.hosts.filter({ $0 != name }) {
            let eligibility = await policy.check.eligibility(
                of: host, isWildcard: false, for: identities)
            switch eligibility {
            case .eligible(let eligible):
                names.append(host)
                permissions = permissions.compactMap { $0.restricted(to: eligible.permissions) }
            case .ineligible(let ineligibility):
                // A further name that has left is left out.
                if host != name, ineligibility.cause.meansMoved { continue }
                throw await ineligible(certificate, name, ineligibility)
            }
        }
        times.done(.eligibility, at: .now)
        return (names, permissions)
    }

    private func ineligible(
        _ certificate: StoredCertificate, _ name: ServerName, _ ineligibility: Ineligibility
    ) async -> Setback {
        if ineligibility.cause.meansMoved {
            return await moved(certificate, name, "\(ineligibility)")
        }
        let blame: Blame = ineligibility.cause.blame == .customer ? .domain : .operator
        let failure = fail(
            .exact(name), .eligibility, blame, "\(ineligibility)", retryAfter: nil)
        return postponed(certificate, name, failure)
    }

    /// Marks the certificate as moved and says so, the first time.
    private func moved(
        _ certificate: StoredCertificate, _ name: ServerName, _ why: String
    ) async -> Setback {
        let now = clock()
        if certificate.provenance.movedAt == nil {
            events.record(.moved(.exact(name), why: why))
            await updateMetadata(of: certificate) { $0.movedAt = now.wholeSeconds }
        }
        let quarter = certificate.notBefore.duration(to: certificate.notAfter) / 4
        let wait = min(Self.settledWait, max(quarter, .seconds(60)))
        return Setback(
            outcome: .moved(until: now + wait), failure: .refused(.notEligible, why: why))
    }

    private func postponed(
        _ certificate: StoredCertificate, _ name: ServerName, _ failure: ProvisioningFailure
    ) -> Setback {
        let now = clock()
        let until = refusals.value.refusal(of: name)?.until ?? now + waits.denied
        let wait = RenewalSchedule.retry(
            ladder: now.duration(to: until), notBefore: certificate.notBefore,
            notAfter: certificate.notAfter, now: now)
        return Setback(outcome: .postponed(until: now + wait), failure: failure)
    }

    private func unrenewable(_ directory: CertificateName, _ why: String) -> RenewalOutcome {
        let until = clock() + Self.settledWait
        events.record(.failed(directory, .eligibility, .operator, why: why, until: until))
        return .postponed(until: until)
    }

    /// Changes what `certificate.json` says, in storage and in service.
    package func updateMetadata(
        of certificate: StoredCertificate, _ change: (inout Provenance) -> Void
    ) async {
        guard let directory = certificate.directory, table.value[directory] === certificate,
            unstored[directory] == nil
        else { return }
        var provenance = certificate.provenance
        change(&provenance)
        let changed = certificate.with(provenance)
        do {
            let version = try await files.storeMetadata(of: changed)
            guard table.value[directory] === certificate else { return }
            table.value.versions[directory] = version
        } catch {
            events.record(.storageFailed(doing: "storing certificate.json of \(directory)", error))
        }
        table.value.insert([changed])
    }
}

extension StoredCertificate {
    /// The host names that it is for.
    var hosts: [ServerName] {
        names.compactMap { name in
            if case .exact(let host) = name { host } else { nil }
        }
    }

    var hasWildcard: Bool { hosts.count < names.count }

    /// What a renewal tells the issuer that it replaces.
    var prior: PriorCertificate? {
        guard let issuer = provenance.issuer else { return nil }
        let id = (try? leaf()).flatMap { CertificateID($0) }
        return PriorCertificate(
            issuer: issuer, accountURL: provenance.accountURL, certificateID: id)
    }
}

extension Ineligibility.Cause {
    /// The domain's records are in order and lead elsewhere, or there are none any more.
    var meansMoved: Bool {
        switch self {
        case .noRecords, .notFound, .wrongAddress, .wrongTarget: true
        default: false
        }
    }
}
