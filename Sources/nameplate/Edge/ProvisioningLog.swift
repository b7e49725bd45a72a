// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Provisioning
import Registry
import TLS

/// Turns what happens in provisioning into log lines: which step, whose turn it is, whose words.
struct ProvisioningLog: EventSink {
    let log: Log

    func record(_ event: ProvisioningEvent) {
        switch event {
        case .loaded(let count):
            log.info("certificates loaded", ["count": .number(count)])
        case .refused(let name, let reason, let why, let evidence, let until):
            log.warning(
                "domain refused",
                [
                    "name": .text(name.text), "reason": .text(reason.rawValue),
                    "why": .text(why),
                    "evidence": evidence.isEmpty
                        ? nil : .text(evidence.joined(separator: "; ")),
                    "until": .text(LogTime.full(until)),
                ])
        case .overloaded(let overload, let name):
            log.warning(
                "handshake refused: a bound is reached",
                ["bound": .text(overload.description), "name": .text(name.text)])
        case .provisioned(let name, let metadata, let steps):
            issued("certificate obtained", name.text, metadata, steps)
        case .delayed(let name, let steps):
            log.warning(
                "handshakes refused after the hold; the provision goes on",
                ["name": .text(name.text), "done": .text(Self.text(of: steps))])
        case .renewed(let name, let metadata, let steps):
            issued("certificate renewed", name.text, metadata, steps)
        case .failed(let name, let step, let blame, let why, let until):
            log.error(
                "no certificate: \(step.rawValue) failed",
                [
                    "name": .text(name.text), "step": .text(step.rawValue),
                    "blame": .text(blame.rawValue), "why": .text(why),
                    "again": .text(LogTime.full(until)),
                ])
        case .moved(let name, let why):
            log.warning(
                "domain moved away; its certificate is not renewed",
                ["name": .text(name.text), "why": .text(why)])
        case .returned(let name):
            log.info("domain points here again", ["name": .text(name.text)])
        case .advanced(let name, let due, let explanation):
            log.warning(
                "the CA wants a certificate renewed early",
                [
                    "name": .text(name.text), "due": .text(LogTime.full(due)),
                    "explanation": explanation.map { .text($0) },
                ])
        case .issuanceFailed(let issuance):
            issuanceFailed(issuance)
        case .choreFailed(let doing, let why):
            log.error(
                "could not be done, and is tried again",
                ["doing": .text(doing), "why": .text(why)])
        case .eventsLeftOut(let count):
            log.warning("events found no room in the registry", ["count": .number(count)])
        case .pairRefused(let place, let problem):
            log.error(
                "certificate not served", ["place": .text(place), "why": .text("\(problem)")])
        case .storageFailed(let doing, let error):
            log.error("storage failed", ["doing": .text(doing), "why": .text("\(error)")])
        }
    }

    private func issuanceFailed(_ issuance: Issuance) {
        let next = issuance.attempts?.next
        log.write(
            next == nil ? .error : .warning, "issuance failed",
            [
                "name": .text(issuance.title), "issuance": .text(issuance.number.identifier),
                "code": issuance.failure.map { .text($0.code) },
                "blame": issuance.failure.map { .text($0.blame) },
                "why": issuance.failure.map { .text($0.detail) },
                "again": next.map { .text(LogTime.full($0)) },
                "request_id": .text(issuance.requestID),
            ])
    }

    private func issued(
        _ message: String, _ name: String, _ metadata: CertificateMetadata, _ steps: [StepTime]
    ) {
        let total = steps.reduce(Duration.zero) { $0 + $1.duration }
        log.info(
            message,
            [
                "name": .text(name), "issuer": metadata.provenance.issuer.map { .text($0) },
                "not_after": .text(LogTime.full(metadata.notAfter)), "took": .duration(total),
                "steps": .text(Self.text(of: steps)),
                "order": metadata.provenance.orderURL.map { .text($0) },
            ])
    }

    private static func text(of steps: [StepTime]) -> String {
        guard !steps.isEmpty else { return "nothing" }
        return steps.map { "\($0.step.rawValue) \(Milliseconds.text($0.duration))" }
            .joined(separator: ", ")
    }
}
