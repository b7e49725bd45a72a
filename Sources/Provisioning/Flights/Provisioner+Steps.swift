// SPDX-License-Identifier: Apache-2.0
import ACME
import FoundationEssentials
import Networking
import Storage
import TLS

/// The steps that provisions and renewals are made of.
extension Provisioner {
    /// What storage has for a name.
    struct Place {
        var certificate: StoredCertificate?
        /// There is a directory of that very name.
        var exists = false
        /// With files in it that are not a pair to serve, and not ours to lose.
        var holdsRefusedPair = false
    }

    /// Looks at the directory of the name, then at that of the wildcard above it; what is found
    /// goes into service.
    func lookIntoStorage(
        for name: ServerName
    ) async throws(ProvisioningFailure) -> Place {
        var place = Place()
        var wildcard: [CertificateName] = []
        if let parent = name.parent, withdrawnWildcard(above: name) == nil {
            wildcard = [.wildcard(of: parent)]
        }
        for directory in [.exact(name)] + wildcard {
            guard let found = try await load(directory, for: name) else { continue }
            let isNews =
                table.value.versions.updateValue(found.version, forKey: directory)
                != found.version
            if directory == .exact(name) { place.exists = true }
            switch found.pair {
            case .certificate(let certificate):
                table.value.insert([certificate])
                if certificate.covers(name) {
                    place.certificate = certificate
                    return place
                }
            case .empty: break
            case .incomplete:
                place.holdsRefusedPair = directory == .exact(name)
            case .refused(let problem):
                if isNews { events.record(.pairRefused(directory.text, problem)) }
                guard directory == .exact(name) else { continue }
                if case .unreadableFile(let why) = problem {
                    // What we cannot read we cannot set aside either.
                    throw fail(.exact(name), .store, .operator, why, retryAfter: nil)
                }
                if case .expired = problem { continue }
                place.holdsRefusedPair = true
            }
        }
        return place
    }

    /// Reads a directory; one with half a pair again and again for a while, since somebody is
    /// copying the other half.
    private func load(
        _ directory: CertificateName, for name: ServerName
    ) async throws(ProvisioningFailure) -> CertificateFiles.Found? {
        var looks = 0
        while true {
            let found: CertificateFiles.Found?
            let mark = table.value.beginReading()
            do {
                found = try await files.load(directory, at: clock())
            } catch {
                _ = table.value.endReading(of: [], since: mark)
                throw fail(.exact(name), .store, .operator, "\(error)", retryAfter: nil)
            }
            let removed = table.value.endReading(of: [directory], since: mark)
            guard removed.isEmpty else { return nil }
            looks += 1
            guard case .incomplete? = found?.pair, looks < Self.looksAtHalfPair else {
                return found
            }
            try? await loop.sleep(for: Self.pauseAtHalfPair)
        }
    }

    /// 2 s in all: far more than copying takes, far less than a handshake is held.
    private static var looksAtHalfPair: Int { 20 }
    private static var pauseAtHalfPair: Duration { .milliseconds(100) }

    func askPermission(
        _ name: ServerName, _ times: StepTimes
    ) async throws(ProvisioningFailure) {
        guard let permission = policy.permission else { return }
        let answer = await permission.mayServe(name)
        times.done(.permission, at: .now)
        switch answer {
        case .allowed: return
        case .denied(let why): throw refuse(name, .denied, why, for: waits.denied)
        case .unanswered(let why): throw refuse(name, .unanswered, why, for: waits.denied)
        }
    }

    /// Who may issue for `name` and how it is proven; throws when DNS or CAA are against it. A name
    /// that visitors ask for has to point here.
    func checkEligibility(
        _ name: ServerName, _ times: StepTimes
    ) async throws(ProvisioningFailure) -> ProofPlan {
        let identities = try await identities(for: .exact(name))
        let eligibility = await policy.check.eligibility(
            of: name, isWildcard: false, for: identities)
        times.done(.eligibility, at: .now)
        switch eligibility {
        case .eligible(let eligible):
            if let plan = ProofPlan(eligible.permissions, by: Self.answeredHere) { return plan }
            do throws(ProofObstacle) {
                return try await delegatedProof(of: .exact(name), eligible.permissions)
            } catch {
                throw refuse(
                    name, .notEligible, "\(error)",
                    for: waits.afterIneligible(negativeTTL: nil))
            }
        case .ineligible(let ineligibility):
            let wait = waits.afterIneligible(negativeTTL: ineligibility.retryAfter)
            throw refuse(
                name, .notEligible, "\(ineligibility)", evidence: ineligibility.evidence.lines,
                for: wait)
        }
    }

    /// How CAA knows those issuers that can be reached. Throws when none can.
    func identities(for name: CertificateName) async throws(ProvisioningFailure) -> [CAAIdentity] {
        do { return try await reachableIdentities() } catch {
            throw failed(name, .order, error)
        }
    }

    func reachableIdentities() async throws(IssuanceFailure) -> [CAAIdentity] {
        var identities: [CAAIdentity] = []
        var errors: [IssuerError] = []
        for issuer in policy.issuers.issuers {
            do {
                identities.append(try await issuer.identity())
            } catch {
                errors.append(error)
            }
        }
        guard !identities.isEmpty else {
            throw IssuanceFailure(errors: errors)
        }
        return identities
    }

    /// Has a certificate issued, and notes how long each step took.
    func issue(
        _ request: IssuanceRequest, _ times: StepTimes
    ) async throws(ProvisioningFailure) -> IssuedCertificate {
        let steps = LoopBound(times, on: loop)
        var request = request
        request.progress = { step in steps.value.done(step.provisioningStep, at: .now) }
        do {
            let issued = try await policy.issuers.issue(request)
            times.done(.finalize, at: .now)
            return issued
        } catch {
            throw failed(request.names[0], error.step ?? .order, error)
        }
    }

    /// The issued pair in the form that is stored and served.
    func stored(
        _ issued: IssuedCertificate, as directory: CertificateName
    ) throws(ProvisioningFailure) -> StoredCertificate {
        do {
            guard let key = issued.key else { preconditionFailure("made here, with a key of ours") }
            let leaf = issued.chain.leaf
            var provenance = Provenance()
            provenance.issuer = issued.issuer
            provenance.accountURL = issued.accountURL
            provenance.orderURL = issued.orderURL
            provenance.ariCertificateID = issued.certificateID?.text
            provenance.renewAt =
                RenewalSchedule.due(
                    notBefore: leaf.notBefore, notAfter: leaf.notAfter, at: policy.renewAt,
                    name: directory.text
                ).wholeSeconds
            return try StoredCertificate(
                directory: directory, chain: issued.chain, key: key,
                provenance: provenance, issuers: files.issuers)
        } catch {
            throw fail(directory, .finalize, .us, "\(error)", retryAfter: nil)
        }
    }

    // MARK: Failing

    /// Remembers and reports that issuers failed.
    func failed(
        _ name: CertificateName, _ step: ProvisioningStep, _ failure: IssuanceFailure
    ) -> ProvisioningFailure {
        var retryAfter: Duration?
        var blame = Blame.issuer
        switch failure.class {
        case .rateLimited(let wait): retryAfter = wait ?? Self.unsaidRetryAfter
        case .validation: blame = .domain
        case .account: blame = .operator
        case .local: blame = failure.errors.isEmpty ? .operator : .us
        case .outage, .refused: break
        }
        return fail(name, step, blame, failure.description, retryAfter: retryAfter)
    }

    func fail(
        _ name: CertificateName, _ step: ProvisioningStep, _ blame: Blame, _ why: String,
        retryAfter: Duration?
    ) -> ProvisioningFailure {
        var until = clock() + (retryAfter ?? Self.wildcardWait)
        if case .exact(let host) = name {
            until = refusals.value.recordFailure(of: host, retryAfter: retryAfter)
        }
        events.record(.failed(name, step, blame, why: why, until: until))
        return .failed(step, blame, why: why)
    }

    /// What a 429 without Retry-After counts as.
    private static var unsaidRetryAfter: Duration { .seconds(3600) }
}

extension StoredCertificate {
    func covers(_ host: ServerName) -> Bool { names.contains { $0.covers(host) } }
}

extension IssuanceFailure {
    /// The step at which the last issuer failed, where it says.
    var step: ProvisioningStep? {
        errors.last.flatMap { ($0.underlying as? ACMEError)?.step.provisioningStep }
    }
}
