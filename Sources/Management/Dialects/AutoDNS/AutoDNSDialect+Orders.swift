// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Networking
import Provisioning
import Registry
import TLS

/// Orders: what is needed for one, a new certificate, another attempt at one.
extension AutoDNSDialect {
    /// Reads a certification request, and says what a customer has to put into DNS. Changes nothing.
    ///
    /// The values of ACME's challenges are not known before an order: what stands in `dns` is the CNAME
    /// that lets the edge answer them, this time and later.
    func prepareOrder(_ call: DialectCall) async throws -> ManagementResponse {
        let order = try AutoDNSOrder(call, services.catalogue)
        guard let request = order.request else {
            throw FieldFault(.missing, "plain", "expected a certification request in PEM")
        }
        let inspection = try await services.lifecycle.inspect(request: request)
        let name = inspection.names.first?.text ?? inspection.commonName ?? ""
        var data: [String: JSONValue] = [
            "plain": .string(request), "name": .string(name),
            "keySize": .integer(inspection.keyBits),
            "countryCode": .text(inspection.subject.country),
            "state": .text(inspection.subject.state), "city": .text(inspection.subject.locality),
            "organization": .text(inspection.subject.organization),
            "organizationUnit": .text(inspection.subject.organizationalUnit),
            "algorithm": .string(inspection.keyAlgorithm),
            "signatureHashAlgorithm": .string(inspection.signatureAlgorithm),
            "subjectAlternativeNames": .array(
                inspection.names.map { ["name": .string($0.text)] }),
            "authentication": .array(inspection.reports.flatMap(ways)),
        ]
        if let product = order.product { data["product"] = .string(product) }
        return success(
            .prepareOrder, call, object: AutoDNSEnvelope.object("Certificate", name),
            data: [.object(data)])
    }

    private func ways(_ report: DomainReport) -> [JSONValue] {
        let name = JSONValue.string(report.name.text)
        var ways: [JSONValue] = []
        if let to = report.delegation.delegation.to {
            let record = "\(report.delegation.delegation.from). 300 IN CNAME \(to)."
            ways.append([
                "name": name, "method": "DNS", "dns": .string(record),
                "provisioning": .bool(report.delegation.isInPlace),
            ])
        }
        // A wildcard is proven by DNS alone (RFC 8555 §7.1.3).
        if case .exact = report.name {
            ways.append([
                "name": name, "method": "FILE",
                "fileName": .string("\(report.name)/.well-known/acme-challenge/"),
                "fileContent": "", "provisioning": true,
            ])
        }
        return ways
    }

    func create(_ call: DialectCall) async throws -> ManagementResponse {
        let (certificate, issuance) = try await ordered(call)
        return begun(
            .create, issuance, of: certificate.names.first?.text ?? "", call,
            messages: notices(certificate))
    }

    /// The same, with the certificate in the answer if it can be had in time.
    func createRealtime(_ call: DialectCall) async throws -> ManagementResponse {
        let (certificate, first) = try await ordered(call)
        var issuance = first
        let lifecycle = services.lifecycle
        let end = Instant.now + Self.realtimePatience
        while true {
            // Before the look, so that nothing is missed between the two.
            let changes = lifecycle.changes(of: first.number)
            issuance = try await lifecycle.issuance(first.number, for: call.caller)
            let left = Instant.now.duration(to: end)
            guard issuance.state.isOpen, issuance.attempts?.next == nil, left > .zero,
                !call.request.drain.isGiven
            else { break }
            await call.request.drain.wait(orFor: changes, within: left, on: lifecycle.loop)
        }
        let name = certificate.names.first?.text ?? ""
        if issuance.state.isOpen {
            return begun(.createRealtime, issuance, of: name, call, messages: notices(certificate))
        }
        guard issuance.state == .done else {
            throw LifecycleError.conflict(
                issuance.failure?.detail ?? "The certificate was not issued")
        }
        let known = try await services.known(
            services.certificate(certificate.number, for: call.caller), for: call.caller)
        return success(
            .createRealtime, call, object: AutoDNSEnvelope.object("Certificate", name),
            messages: notices(certificate), data: [json(known, call)])
    }

    func reissue(_ call: DialectCall) async throws -> ManagementResponse {
        let number: CertificateNumber = try call.number(0, .certificate)
        let order = try AutoDNSOrder(call, services.catalogue)
        var draft = IssuanceDraft(reason: .reissue)
        draft.request = order.request
        draft.compatibility = Self.transaction(call)
        draft.revokesPredecessor = true
        return try await issue(number, draft, order, .reissue, call)
    }

    func renew(_ call: DialectCall) async throws -> ManagementResponse {
        let number: CertificateNumber = try call.number(0, .certificate)
        let order = try AutoDNSOrder(call, services.catalogue)
        var draft = IssuanceDraft(reason: .renewal)
        draft.request = order.request
        draft.compatibility = Self.transaction(call)
        return try await issue(number, draft, order, .renew, call)
    }

    // MARK: Ordering

    private func ordered(
        _ call: DialectCall
    ) async throws -> (certificate: ManagedCertificate, issuance: Issuance) {
        let order = try AutoDNSOrder(call, services.catalogue)
        guard order.product != nil else {
            throw FieldFault(.missing, "product", "expected a product, found nothing")
        }
        var draft = CertificateDraft(names: order.names)
        if let request = order.request {
            draft.request = request
            try await check(order.names, against: request)
            draft.names = []
        } else if order.names.isEmpty {
            throw FieldFault(.missing, "name", "expected a host name, found nothing")
        }
        draft.renewsUntil = order.end(from: services.now())
        draft.clientReference = order.reference
        draft.description = order.comment
        draft.compatibility = order.compatibility.merging(Self.transaction(call)) { $1 }
        return try await services.lifecycle.create(draft, by: call.caller)
    }

    /// The client's name for its order is told with what becomes of the job.
    private static func transaction(_ call: DialectCall) -> Compatibility {
        call.request.clientTransaction.map { ["autodns.ctid": .string($0)] } ?? [:]
    }

    /// What is signed is what the request says: names beside it must not be others.
    private func check(_ names: [CertificateName], against request: String) async throws {
        guard !names.isEmpty else { return }
        let signed = try await services.lifecycle.inspect(request: request).names
        for name in names where !signed.contains(name) {
            throw FieldFault(.invalid, "csr", "does not contain \(name)")
        }
    }

    private func issue(
        _ number: CertificateNumber, _ draft: IssuanceDraft, _ order: AutoDNSOrder,
        _ task: AutoDNSTask, _ call: DialectCall
    ) async throws -> ManagementResponse {
        var certificate = try await services.certificate(number, for: call.caller)
        for name in order.names where order.request == nil && !certificate.names.contains(name) {
            throw FieldFault(.invalid, "subjectAlternativeNames", "\(name) is not in it")
        }
        let issuance = try await services.lifecycle.issue(number, draft, by: call.caller)
        var change = CertificateChange()
        if let end = order.end(from: max(services.now(), certificate.renewsUntil ?? .distantPast)) {
            change.renewsUntil = .some(end)
        }
        if let comment = order.comment { change.description = .some(comment) }
        change.compatibility = certificate.compatibility.merging(order.compatibility) { $1 }
        certificate = try await services.lifecycle.change(number, change, by: call.caller)
        return begun(
            task, issuance, of: certificate.names.first?.text ?? "", call,
            messages: notices(certificate))
    }

    /// A certificate whose key is the client's can be fetched from here, and not be served.
    func notices(_ certificate: ManagedCertificate) -> [JSONValue] {
        guard certificate.keySource == .client else { return [] }
        return [
            [
                "text": "The certificate has no key here: it is not served unless it is uploaded.",
                "code": "EF01002", "status": "NOTICE",
            ]
        ]
    }

    /// How long a call waits for a certificate.
    private static let realtimePatience = Duration.seconds(20)
}
