// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Provisioning
import Registry
import TLS

/// Jobs, and the queue of what became of them.
extension AutoDNSDialect {
    func job(_ call: DialectCall) async throws -> ManagementResponse {
        let issuance = try await issuance(call)
        let certificate = try await services.lifecycle.certificate(
            issuance.certificate, for: call.caller)
        let name = certificate.names.first?.text ?? ""
        return success(
            .jobInfo, call, object: AutoDNSEnvelope.object("Job", "\(issuance.number)"),
            data: [
                [
                    "job": job(issuance, AutoDNSJobState(issuance.state), call),
                    "object": object(certificate),
                    "authentication": .array(issuance.authorizations.map(proof)),
                    "dcvAuth": .array(issuance.authorizations.map(step)),
                    "notices": .array(issuance.failure.map { [.string($0.detail)] } ?? []),
                    "name": .string(name),
                ]
            ])
    }

    func cancelJob(_ call: DialectCall) async throws -> ManagementResponse {
        let issuance = try await issuance(call)
        _ = try await services.lifecycle.cancel(issuance.number, by: call.caller)
        return success(
            .jobCancel, call, object: AutoDNSEnvelope.object("Job", "\(issuance.number)"))
    }

    /// Lets a job go on: begins one that has not, tries one again that failed or waits.
    func confirmJob(_ call: DialectCall) async throws -> ManagementResponse {
        let issuance = try await issuance(call)
        let next =
            issuance.state == .draft
            ? try await services.lifecycle.start(issuance.number, by: call.caller)
            : try await services.lifecycle.retry(issuance.number, by: call.caller)
        return success(
            .jobConfirm, call, object: AutoDNSEnvelope.object("Job", "\(next.number)"),
            data: [["id": .integer(next.number.value)]])
    }

    private func issuance(_ call: DialectCall) async throws -> Issuance {
        try await services.lifecycle.issuance(
            call.number(0, .issuance), for: call.caller)
    }

    // MARK: Polling

    /// The oldest message that was not confirmed.
    func poll(_ call: DialectCall) async throws -> ManagementResponse {
        let head = try await services.lifecycle.queueHead(
            queue(call), kinds: Self.polled, for: call.caller)
        guard let event = head.event else {
            return success(
                .pollInfo, call, object: AutoDNSEnvelope.object("Message", "", summary: 0),
                messages: Self.losses(head))
        }
        return success(
            .pollInfo, call,
            object: AutoDNSEnvelope.object("Message", "\(event.number)", summary: head.waiting),
            messages: Self.losses(head), data: [try await message(event, call)])
    }

    /// That messages were never fetched and are gone.
    private static func losses(_ head: QueueHead) -> [JSONValue] {
        guard let last = head.lostThrough else { return [] }
        return [
            [
                "text": .string("Messages up to \(last) were kept no longer: look at the objects."),
                "code": "EF01002", "status": "NOTICE",
            ]
        ]
    }

    func confirmPoll(_ call: DialectCall) async throws -> ManagementResponse {
        let number: EventNumber = try call.number(0, .queue)
        try await services.lifecycle.confirm(
            number, in: queue(call), kinds: Self.polled, by: call.caller)
        let left = try await services.lifecycle.queueHead(
            queue(call), kinds: Self.polled, for: call.caller
        ).waiting
        return success(
            .pollConfirm, call,
            object: AutoDNSEnvelope.object("Message", "\(number)", summary: left))
    }

    /// Each client has a queue of its own.
    private func queue(_ call: DialectCall) -> QueueName {
        QueueName(of: "autodns", for: call.client.applicationID)
    }

    /// What is told by polling: how jobs ended, and what happens to certificates.
    static let polled: Set<Event.Kind> = [
        .versionIssued, .issuanceFailed, .issuanceCanceled, .versionRevoked, .versionExpiring,
    ]

    private func message(_ event: Event, _ call: DialectCall) async throws -> JSONValue {
        let subject = try await subject(of: event, call)
        var message: [String: JSONValue] = [
            "id": .integer(event.number.value), "owner": owner(call),
            "created": .string(event.at.offsetText),
            "stid": AutoDNSEnvelope.transaction(event.requestID),
            "object": subject.certificate.map(object)
                ?? ["type": "Certificate", "value": .string(event.subject.name)],
        ]
        if let issuance = subject.issuance, let state = Self.state(event.kind) {
            message["job"] = job(issuance, state, call)
            // Of the order, whoever has ended it.
            message["stid"] = AutoDNSEnvelope.transaction(issuance.requestID)
            message["ctid"] = issuance.compatibility["autodns.ctid"]
            if let failure = issuance.failure {
                message["messages"] = [
                    ["text": .string(failure.detail), "code": "EF01002", "status": "ERROR"]
                ]
            }
        } else {
            message["notify"] = ["type": .string(event.kind.rawValue)]
        }
        return .object(message)
    }

    /// What an event is about, as far as it is still there.
    private func subject(
        of event: Event, _ call: DialectCall
    ) async throws(LifecycleError) -> (certificate: ManagedCertificate?, issuance: Issuance?) {
        do throws(LifecycleError) {
            var issuance: Issuance?
            var certificate: CertificateNumber?
            switch event.subject.kind {
            case .issuance:
                guard let number = IssuanceNumber(event.subject.number) else { break }
                issuance = try await services.lifecycle.issuance(number, for: call.caller)
                certificate = issuance?.certificate
            case .version:
                guard let number = VersionNumber(event.subject.number) else { break }
                let version = try await services.lifecycle.version(number, for: call.caller)
                certificate = version.certificate
                if let number = version.issuance {
                    issuance = try await services.lifecycle.issuance(number, for: call.caller)
                }
            default: break
            }
            guard let certificate else { return (nil, issuance) }
            return (
                try await services.lifecycle.certificate(certificate, for: call.caller), issuance
            )
        } catch {
            switch error {
            case .notFound: return (nil, nil)
            default: throw error
            }
        }
    }

    /// How a job ended that an event tells of; nil where it tells of something else.
    static func state(_ kind: Event.Kind) -> AutoDNSJobState? {
        switch kind {
        case .versionIssued: .success
        case .issuanceFailed: .failed
        case .issuanceCanceled: .canceled
        default: nil
        }
    }

    // MARK: JSON

    private func job(
        _ issuance: Issuance, _ state: AutoDNSJobState, _ call: DialectCall
    ) -> JSONValue {
        [
            "id": .integer(issuance.number.value), "status": .string(state.rawValue),
            "subStatus": .text(
                state == .deferred ? AutoDNSJobState.detail(of: issuance.state) : nil),
            "action": .string(action(issuance.reason)), "subType": "DV",
            "execution": .text(issuance.startedAt?.offsetText),
            "created": .string(issuance.createdAt.offsetText),
            "updated": .string(issuance.updatedAt.offsetText), "owner": owner(call),
        ]
    }

    private func action(_ reason: Issuance.Reason) -> String {
        switch reason {
        case .firstVisit, .api, .retry: "create"
        case .renewal, .renewalInformation: "renew"
        case .reissue: "reissue"
        }
    }

    private func object(_ certificate: ManagedCertificate) -> JSONValue {
        [
            "type": "Certificate", "value": .string(certificate.names.first?.text ?? ""),
            "data": ["id": .integer(certificate.number.value)],
        ]
    }

    private func proof(_ progress: AuthorizationProgress) -> JSONValue {
        [
            "name": .string(progress.name.text),
            "method": progress.method == "http-01" || progress.method == "tls-alpn-01"
                ? "FILE" : "DNS",
            "dns": .text(
                progress.delegation.to.map { "\(progress.delegation.from). 300 IN CNAME \($0)." }),
            "provisioning": true,
        ]
    }

    private func step(_ progress: AuthorizationProgress) -> JSONValue {
        [
            "name": .string(progress.name.text), "step": "DOMAIN_VERIFICATION",
            "status": .string(AutoDNSProofState(progress.state).rawValue),
            "message": .text(progress.error),
        ]
    }
}
