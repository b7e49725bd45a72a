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
        guard case .exact(let name) = directory else {
            do { _ = try await successor(of: certificate, directory) } catch {
                return error.outcome
            }
            return .renewed
        }
        guard !isInFlight(name) else { return .postponed(until: clock() + waits.denied) }
        let flight = begin(name)
        do {
            let successor = try await successor(of: certificate, directory)
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
        of certificate: StoredCertificate, _ directory: CertificateName
    ) async throws(Setback) -> StoredCertificate {
        let times = StepTimes(start: .now)
        let request = try await renewal(of: certificate, directory, times)
        let fresh: StoredCertificate
        do {
            fresh = try stored(try await issue(request, times), as: directory)
        } catch {
            throw postponed(certificate, directory, error)
        }
        if let present = table.value[directory],
            !present.isSame(as: certificate)
        {
            // Somebody has put another pair there meanwhile: theirs stays.
            return present
        }
        if certificate.provenance.movedAt != nil { events.record(.returned(directory)) }
        if await store(fresh, times) {
            events.record(.renewed(directory, fresh.metadata, times.times))
        }
        if case .exact(let name) = directory { refusals.value.clear(name) }
        return fresh
    }

    /// The request for those names that can still be proven.
    private func renewal(
        of certificate: StoredCertificate, _ directory: CertificateName, _ times: StepTimes
    ) async throws(Setback) -> IssuanceRequest {
        let identities: [CAAIdentity]
        do {
            identities = try await self.identities(for: directory)
        } catch {
            throw postponed(certificate, directory, error)
        }
        var request = IssuanceRequest(
            names: [], key: .fresh(policy.keyKind), replaces: certificate.prior)
        // A wildcard that covers its directory may have another name than the directory.
        let first = certificate.names.contains(directory) ? [directory] : []
        for name in first + certificate.names.filter({ $0 != directory }) {
            do throws(ProofObstacle) {
                let plan = try await proof(of: name, for: identities)
                request.names.append(name)
                request.methods[name] = plan.methods
                request.permissions[name] = plan.permissions
            } catch {
                // A further name that has left is left out.
                if name != directory, first == [directory], error.meansMoved { continue }
                throw await setback(certificate, directory, error)
            }
        }
        times.done(.eligibility, at: .now)
        return request
    }

    private func setback(
        _ certificate: StoredCertificate, _ directory: CertificateName, _ obstacle: ProofObstacle
    ) async -> Setback {
        if obstacle.meansMoved { return await moved(certificate, directory, "\(obstacle)") }
        switch obstacle {
        case .noZone, .noMethod:
            // Nothing changes until the configuration does.
            let until = clock() + Self.settledWait
            events.record(
                .failed(
                    directory, .eligibility, obstacle.blame, why: "\(obstacle)", until: until))
            return Setback(
                outcome: .postponed(until: until),
                failure: .failed(.eligibility, obstacle.blame, why: "\(obstacle)"))
        case .ineligible, .undelegated:
            let failure = fail(
                directory, .eligibility, obstacle.blame, "\(obstacle)", retryAfter: nil)
            return postponed(certificate, directory, failure)
        }
    }

    /// Marks the certificate as moved and says so, the first time.
    private func moved(
        _ certificate: StoredCertificate, _ directory: CertificateName, _ why: String
    ) async -> Setback {
        let now = clock()
        if certificate.provenance.movedAt == nil {
            events.record(.moved(directory, why: why))
            await updateMetadata(of: certificate) { $0.movedAt = now.wholeSeconds }
        }
        let quarter = certificate.notBefore.duration(to: certificate.notAfter) / 4
        let wait = min(Self.settledWait, max(quarter, .seconds(60)))
        return Setback(
            outcome: .moved(until: now + wait), failure: .refused(.notEligible, why: why))
    }

    private func postponed(
        _ certificate: StoredCertificate, _ directory: CertificateName,
        _ failure: ProvisioningFailure
    ) -> Setback {
        let now = clock()
        var until = now + Self.wildcardWait
        if case .exact(let name) = directory {
            until = refusals.value.refusal(of: name)?.until ?? now + waits.denied
        }
        let wait = RenewalSchedule.retry(
            ladder: now.duration(to: until), notBefore: certificate.notBefore,
            notAfter: certificate.notAfter, now: now)
        return Setback(outcome: .postponed(until: now + wait), failure: failure)
    }

    /// After a failure of a wildcard, for which no failures in a row are remembered.
    static var wildcardWait: Duration { .seconds(3600) }

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
    /// The host names that it is served for.
    var hosts: [ServerName] {
        servedNames.compactMap { name in
            if case .exact(let host) = name { host } else { nil }
        }
    }

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
