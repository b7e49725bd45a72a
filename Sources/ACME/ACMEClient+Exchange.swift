// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking

/// What a signed request carries.
enum Payload {
    /// POST-as-GET (RFC 8555 §6.3): reads a resource.
    case none
    case json([UInt8])

    static func json(_ value: some Encodable) -> Payload {
        .json(JSONWebSignature.encoded(value))
    }

    var bytes: [UInt8] {
        switch self {
        case .none: []
        case .json(let bytes): bytes
        }
    }
}

extension ACMEClient {
    /// Reads what needs no signature: the directory, renewal information, a nonce by HEAD.
    func get(
        _ url: ResourceURL, method: String = "GET", step: ACMEStep, deadline: Instant
    ) async throws(ACMEError) -> Answer {
        var retries = Retries(limits, isRepeatable: true)
        while true {
            do throws(ACMEError) {
                let answer = try await send(method, url, step: step, deadline: deadline)
                guard let refusal = answer.refusal else { return answer }
                throw refusal
            } catch {
                guard let delay = retries.pause(after: error) else { throw error }
                try await pause(delay, step: step, deadline: deadline)
            }
        }
    }

    /// Sends a signed request; again with another nonce when the CA wants one, and again after a
    /// pause when it only reads and the CA is out of order.
    func post(
        _ payload: Payload, to url: ResourceURL, by signer: JSONWebSignature.Signer,
        accept: String? = nil, step: ACMEStep, deadline: Instant
    ) async throws(ACMEError) -> Answer {
        let isRepeatable = if case .none = payload { true } else { false }
        var retries = Retries(limits, isRepeatable: isRepeatable)
        var fields = [("Content-Type", "application/jose+json")]
        if let accept { fields.append(("Accept", accept)) }
        var fresh: Nonce?
        while true {
            let nonce =
                if let fresh { fresh } else {
                    try await self.nonce(step: step, deadline: deadline)
                }
            let body = try sign(payload, by: signer, nonce: nonce, url: url, step: step)
            let failure: ACMEError
            do throws(ACMEError) {
                let answer = try await send(
                    "POST", url, fields: fields, body: body, step: step, deadline: deadline)
                fresh = answer.nonce
                guard let refusal = answer.refusal else {
                    keep(fresh)
                    return answer
                }
                failure = refusal
            } catch {
                fresh = nil
                failure = error
            }
            guard let delay = retries.pause(after: failure) else {
                keep(fresh)
                throw failure
            }
            if delay > .zero { try await pause(delay, step: step, deadline: deadline) }
        }
    }

    private func keep(_ nonce: Nonce?) {
        if let nonce { nonces.add(nonce) }
    }

    private func sign(
        _ payload: Payload, by signer: JSONWebSignature.Signer, nonce: Nonce, url: ResourceURL,
        step: ACMEStep
    ) throws(ACMEError) -> [UInt8] {
        do {
            return try JSONWebSignature(signing: payload.bytes, by: signer, nonce: nonce, url: url)
                .body
        } catch {
            throw ACMEError(step: step, cause: .local("\(error)"))
        }
    }

    /// One request, one answer, whatever its status.
    private func send(
        _ method: String, _ url: ResourceURL, fields: [(String, String)] = [],
        body: [UInt8] = [], step: ACMEStep, deadline: Instant
    ) async throws(ACMEError) -> Answer {
        guard url.url.scheme == directoryURL.url.scheme else {
            throw ACMEError(step: step, cause: .malformed("it leads from https to \(url)"))
        }
        if Task.isCancelled { throw ACMEError(step: step, cause: .cancelled) }
        let left = Instant.now.duration(to: deadline)
        guard left > .zero else { throw ACMEError(step: step, cause: .timedOut) }
        let request = ClientRequest(method: method, url: url.url, fields: fields, body: body)
        do {
            let response = try await transport.send(
                request, deadline: min(limits.request, left), maxBody: limits.bodyBytesMax)
            return Answer(response, step: step)
        } catch {
            throw ACMEError(step: step, cause: ACMEError.Cause(error))
        }
    }
}

extension ACMEError.Cause {
    /// What it means that there was no answer.
    fileprivate init(_ error: HTTPClientError) {
        self =
            switch error {
            case .cancelled: .cancelled
            case .malformed, .tooLarge: .malformed("\(error)")
            case .unsendable: .local("\(error)")
            case .unresolvable, .unreachable, .tls: .unreachable("\(error)", wasSent: false)
            case .timedOut(let phase):
                .unreachable("\(error)", wasSent: phase == .request || phase == .response)
            case .closed: .unreachable("\(error)", wasSent: true)
            }
    }
}
