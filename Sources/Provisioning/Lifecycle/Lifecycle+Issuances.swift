// SPDX-License-Identifier: Apache-2.0
package import Registry
import Storage
import TLS

/// Issuances: attempts at a certificate.
extension Lifecycle {
    package func issuance(
        _ number: IssuanceNumber, for caller: Caller
    ) async throws(LifecycleError) -> Issuance {
        try await read { () async throws(StorageError) in
            try await registry.issuance(number)
        }.owned(by: caller, as: "\(number)")
    }

    /// Yields at least once after each change of an issuance.
    package nonisolated func changes(of issuance: IssuanceNumber) -> AsyncStream<Void> {
        registry.changes(of: issuance)
    }

    package func issuances(
        _ filter: IssuanceFilter, _ page: PageRequest, for caller: Caller
    ) async throws(LifecycleError) -> Page<Issuance> {
        try await read { () async throws(StorageError) in
            try await registry.issuances(filter, of: caller.account, page)
        }
    }

    /// Begins a draft. Throws `.conflict` for one that has begun; where `requiringEligibility`, also
    /// `.notRouted` and `.needsDelegation` for names that could not be proven now: otherwise it waits
    /// for their delegation.
    package func start(
        _ number: IssuanceNumber, requiringEligibility: Bool = false, by caller: Caller
    ) async throws(LifecycleError) -> Issuance {
        if requiringEligibility {
            let issuance = try await issuance(number, for: caller)
            if issuance.state == .draft {
                try await requireEligible(issuance.authorizations.map(\.name))
            }
        }
        let started = try await change(by: caller) { change in
            let issuance = try await change.issuance(number).owned(by: caller, as: "\(number)")
            guard issuance.state == .draft else {
                throw LifecycleError.conflict("it has begun: it is \(issuance.state.rawValue)")
            }
            let started = try await change.advance(number, by: .begin) { $0.startedAt = change.now }
            guard let started else {
                throw LifecycleError.conflict("it has begun: it is \(issuance.state.rawValue)")
            }
            change.record(.issuanceStarted, about: started)
            return started
        }
        enqueue(number)
        return started
    }

    /// Tries again: a new issuance after one that failed; one that waits for a delegation, or for its next
    /// attempt, goes on at once.
    package func retry(
        _ number: IssuanceNumber, by caller: Caller
    ) async throws(LifecycleError) -> Issuance {
        let issuance = try await issuance(number, for: caller)
        switch issuance.state {
        case .awaitingDelegation:
            enqueue(number)
            return issuance
        case .draft: return try await start(number, by: caller)
        case .delegationFailed, .authorizationFailed, .rejected, .installFailed, .canceled:
            // A renewal that is tried again is a renewal still.
            let isFirst = [.firstVisit, .api].contains(issuance.reason)
            var draft = IssuanceDraft(reason: isFirst ? .retry : issuance.reason)
            let certificate = try await certificate(issuance.certificate, for: caller)
            if certificate.keySource == .client { draft.request = issuance.request }
            draft.revokesPredecessor = issuance.revokes != nil
            draft.compatibility = issuance.compatibility
            return try await issue(issuance.certificate, draft, by: caller)
        case .authorizing, .finalizing, .installing:
            let isInHand = atWork[number] != nil || looking[number] != nil
            if issuance.attempts?.next != nil || !isInHand { enqueue(number) }
            return issuance
        case .awaitingCertificate, .done:
            throw .conflict("there is nothing to try again: it is \(issuance.state.rawValue)")
        }
    }

    /// Ends an issuance that is open. Throws `.conflict` for one that has ended, or whose result is on its
    /// way into service.
    package func cancel(
        _ number: IssuanceNumber, by caller: Caller
    ) async throws(LifecycleError) -> Issuance {
        let canceled = try await change(by: caller) { change in
            let issuance = try await change.issuance(number).owned(by: caller, as: "\(number)")
            guard let canceled = try await change.advance(number, by: .cancel) else {
                throw LifecycleError.conflict(
                    "it cannot be canceled: it is \(issuance.state.rawValue)")
            }
            try await change.end(canceled)
            change.record(.issuanceCanceled, about: canceled)
            return canceled
        }
        abandon(number)
        return canceled
    }

    /// Reads a certification request in PEM and looks its names up in DNS. Changes nothing.
    package func inspect(
        request pem: String
    ) async throws(LifecycleError) -> RequestInspection {
        let request = try Self.request(pem)
        guard request.names.count <= ManagedCertificate.namesMax else {
            throw .invalid(field: "request", reason: "at most \(ManagedCertificate.namesMax) names")
        }
        return RequestInspection(request, reports: await reports(on: request.names))
    }
}

extension RequestInspection {
    fileprivate init(_ request: CertificateRequest, reports: [DomainReport]) {
        names = request.names
        commonName = request.subject.commonName
        var subject = ManagedCertificate.Subject()
        subject.organization = request.subject.organization
        subject.organizationalUnit = request.subject.organizationalUnit
        subject.locality = request.subject.locality
        subject.state = request.subject.state
        subject.country = request.subject.country
        self.subject = subject
        keyAlgorithm = request.publicKeyFacts.algorithm
        keyBits = request.publicKeyFacts.bits
        keyFingerprint = request.publicKeyFacts.fingerprint
        signatureAlgorithm = request.signatureAlgorithm
        self.reports = reports
    }
}
