// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
package import Registry
import Storage
import TLS

extension Lifecycle {
    /// Makes a certificate with its first issuance, and begins that unless told not to. Its names become
    /// domains of the account; those that were deprovisioned may be visited again.
    ///
    /// Throws `.invalid` for a draft that cannot be, `.conflict` where a name belongs to another account,
    /// `.notRouted` and `.needsDelegation` where the draft requires eligibility.
    package func create(
        _ draft: CertificateDraft, by caller: Caller
    ) async throws(LifecycleError) -> (certificate: ManagedCertificate, issuance: Issuance) {
        var draft = draft
        let request = try draft.request.map(Self.request)
        if let request, draft.names.isEmpty { draft.names = request.names }
        try Self.require(draft, request: request)
        if draft.requiresEligibility { try await requireEligible(draft.names) }
        try requireRoom()
        let kind = await keyKind(draft.keyKind, request)
        let isExternal = draft.issuer == .external
        var plan = try await plan(
            for: draft.names, subject: draft.subject, kind: kind, request: request, reason: .api)
        plan.state =
            isExternal ? .awaitingCertificate : draft.startsAtOnce ? .authorizing : .draft
        plan.compatibility = draft.compatibility
        let (wanted, chosen, zone) = (draft, plan, zone)
        let made = try await change(by: caller) { change in
            var names: Set<CertificateName> = []
            if !isExternal {
                try await change.claim(wanted.names)
                names = try await change.readmit(wanted.names)
            }
            let number: CertificateNumber = try await change.nextNumber()
            var certificate = ManagedCertificate(
                number: number, account: caller.account, names: wanted.names, keyKind: kind,
                keySource: request == nil ? .edge : .client, issuer: wanted.issuer,
                activation: wanted.activation, renewsItself: wanted.renewsItself && !isExternal,
                at: change.now)
            certificate.subject = wanted.subject
            certificate.renewsUntil = wanted.renewsUntil
            certificate.expiryNotice = wanted.expiryNotice
            certificate.clientReference = wanted.clientReference
            certificate.description = wanted.description
            certificate.compatibility = wanted.compatibility
            change.record(.certificateCreated, about: certificate)
            let issuance = try await change.begin(chosen, of: &certificate, zone: zone)
            return (certificate: change.put(certificate), issuance: issuance, names: names)
        }
        await provisioner.restore(made.names)
        if made.issuance.state == .authorizing { enqueue(made.issuance.number) }
        return (made.certificate, made.issuance)
    }

    /// Makes another attempt at a certificate: a renewal, a reissue, or a first one that failed. One that
    /// waits for its next attempt is attempted at once instead, unless another key is wanted.
    ///
    /// Throws `.conflict` while another one is open.
    package func issue(
        _ number: CertificateNumber, _ draft: IssuanceDraft, by caller: Caller
    ) async throws(LifecycleError) -> Issuance {
        let certificate = try await certificate(number, for: caller)
        guard !certificate.isDeleted else { throw .notFound(.certificate, "\(number)") }
        guard certificate.keySource != .upload else {
            throw .conflict("an uploaded certificate is replaced by another upload")
        }
        if let open = certificate.openIssuance, draft.startsAtOnce, draft.request == nil,
            draft.keyKind == nil,
            try await issuance(open, for: caller).attempts?.next != nil
        {
            return try await retry(open, by: caller)
        }
        try requireRoom()
        let given = try await requestText(draft, for: certificate)
        let request = try given.map(Self.request)
        if let request, Set(request.names) != Set(certificate.names) {
            throw .invalid(
                field: "request",
                reason: "it has to ask for \(certificate.names.map(\.text).joined(separator: ", "))"
            )
        }
        if let request { try Self.require(request) }
        let kind = await keyKind(draft.keyKind ?? certificate.keyKind, request)
        var plan = try await plan(
            for: certificate.names, subject: certificate.subject, kind: kind, request: request,
            reason: draft.reason)
        plan.state =
            certificate.issuer == .external
            ? .awaitingCertificate : draft.startsAtOnce ? .authorizing : .draft
        plan.compatibility = draft.compatibility
        let (chosen, zone) = (plan, zone)
        let made = try await change(by: caller) { change in
            var plan = chosen
            var certificate = try await change.certificate(number)
                .owned(by: caller, as: "\(number)")
            guard !certificate.isDeleted else {
                throw LifecycleError.notFound(.certificate, "\(number)")
            }
            if let open = certificate.openIssuance {
                throw LifecycleError.conflict("issuance \(open) is not done")
            }
            if draft.revokesPredecessor { plan.revokes = certificate.currentVersion }
            certificate.keyKind = kind
            certificate.keySource = request == nil ? .edge : .client
            let readmitted = try await change.readmit(
                caller.actor == Caller.edgeActor ? [] : certificate.names)
            let issuance = try await change.begin(plan, of: &certificate, zone: zone)
            change.put(certificate)
            return (issuance: issuance, names: readmitted)
        }
        await provisioner.restore(made.names)
        if made.issuance.state == .authorizing { enqueue(made.issuance.number) }
        return made.issuance
    }

    /// The request that the client gave now, or before where the key is the client's.
    private func requestText(
        _ draft: IssuanceDraft, for certificate: ManagedCertificate
    ) async throws(LifecycleError) -> String? {
        if let given = draft.request { return given }
        guard certificate.keySource == .client, let last = certificate.issuances.last else {
            return nil
        }
        return try await read { () async throws(StorageError) in
            try await registry.issuance(last)?.request
        }
    }

    /// A request by a key of ours, which is made for it, or the client's.
    private func plan(
        for names: [CertificateName], subject: ManagedCertificate.Subject, kind: KeyKind,
        request: CertificateRequest?, reason: Issuance.Reason
    ) async throws(LifecycleError) -> IssuancePlan {
        do {
            if let request {
                return IssuancePlan(
                    reason: reason, state: .draft,
                    request: String(decoding: try request.pem, as: UTF8.self))
            }
            let key = try await keys.generate(kind)
            let der = try CertificateRequest.der(
                names: names, subject: DistinguishedName(subject, of: names), key: key)
            return IssuancePlan(
                reason: reason, state: .draft,
                request: String(decoding: try CertificateRequest.pem(der: der), as: UTF8.self),
                key: try key.pem)
        } catch TLSError.unusable(let why) {
            throw .invalid(field: "subject", reason: why)
        } catch {
            throw .unavailable("making a certification request: \(error)")
        }
    }

    private func keyKind(_ wanted: KeyKind?, _ request: CertificateRequest?) async -> KeyKind {
        if let request { return request.publicKeyFacts.algorithm == "RSA" ? .rsa2048 : .p256 }
        if let wanted { return wanted }
        return await provisioner.policy.keyKind
    }

    /// Reads a client's request.
    static func request(_ pem: String) throws(LifecycleError) -> CertificateRequest {
        do {
            return try CertificateRequest(pem: Array(pem.utf8))
        } catch {
            throw .invalid(field: "request", reason: "\(error)")
        }
    }

    private static func require(
        _ draft: CertificateDraft, request: CertificateRequest?
    ) throws(LifecycleError) {
        guard !draft.names.isEmpty else {
            throw .invalid(
                field: request == nil ? "names" : "request", reason: "at least one host name")
        }
        guard draft.names.count <= ManagedCertificate.namesMax else {
            throw .invalid(
                field: "names", reason: "at most \(ManagedCertificate.namesMax) names")
        }
        guard Set(draft.names).count == draft.names.count else {
            throw .invalid(field: "names", reason: "the same name twice")
        }
        try require(expiryNotice: draft.expiryNotice)
        guard let request else { return }
        try require(request)
        guard Set(draft.names) == Set(request.names) else {
            throw .invalid(field: "names", reason: "the request asks for other names")
        }
        guard draft.issuer == .configured else {
            throw .invalid(
                field: "request",
                reason: "a certificate of another CA is requested by a key of ours")
        }
    }

    private static func require(_ request: CertificateRequest) throws(LifecycleError) {
        let facts = request.publicKeyFacts
        guard !facts.isWeak else {
            throw .invalid(
                field: "request",
                reason: "a key of the kind \(facts.algorithm) with \(facts.bits) bits is too weak")
        }
    }

    static func require(expiryNotice days: [Int]) throws(LifecycleError) {
        let range = ManagedCertificate.expiryNoticeDays
        let max = ManagedCertificate.expiryNoticesMax
        guard days.count <= max, days.allSatisfy(range.contains) else {
            throw .invalid(
                field: "expiry_notice",
                reason: "at most \(max) numbers of days from \(range.lowerBound) to "
                    + "\(range.upperBound)")
        }
    }

    /// Throws when no further issuance may be open.
    private func requireRoom() throws(LifecycleError) {
        guard atWork.count + queue.count + looking.count < configuration.openMax else {
            throw .rateLimited(
                "\(configuration.openMax) issuances are open", retryAfter: 60)
        }
    }
}

extension DistinguishedName {
    /// The subject of a request, with the first name as its common name where that fits.
    fileprivate init(_ subject: ManagedCertificate.Subject, of names: [CertificateName]) {
        self.init()
        organization = subject.organization
        organizationalUnit = subject.organizationalUnit
        locality = subject.locality
        state = subject.state
        country = subject.country
        if let first = names.first?.text, first.utf8.count <= Self.commonNameMax {
            commonName = first
        }
    }
}
