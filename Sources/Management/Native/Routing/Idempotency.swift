// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Registry
import TLS

/// POST requests that may be sent twice and are done once (draft-ietf-httpapi-idempotency-key-header):
/// the answer to the first is remembered for a day.
extension NativeCall {
    /// The answer to this call, done now or remembered.
    func answered(by route: Route) async throws -> ManagementResponse {
        guard route.verb == .post, let key = request.field("Idempotency-Key") else {
            return try await route.handle(self)
        }
        guard (1...255).contains(key.utf8.count),
            key.utf8.allSatisfy({ (0x21...0x7e).contains($0) })
        else {
            throw ProblemDocument(
                .invalidField, "expected 1 to 255 visible ASCII characters",
                field: "Idempotency-Key")
        }
        let place = "\(caller.account) \(key)"
        guard await services.requests.begin(place) else {
            var problem = ProblemDocument(.requestInFlight, "It is not answered yet.")
            problem.fields = [("Retry-After", "1")]
            throw problem
        }
        do {
            let response = try await answered(by: route, key)
            await services.requests.end(place)
            return response
        } catch {
            await services.requests.end(place)
            throw error
        }
    }

    private func answered(by route: Route, _ key: String) async throws -> ManagementResponse {
        if let answer = try await services.registry.remembered(key, of: caller.account) {
            guard answer.fingerprint == fingerprint else {
                throw ProblemDocument(
                    .idempotencyKeyReused, "It was another request.", field: "Idempotency-Key")
            }
            return ManagementResponse(
                status: answer.status, fields: answer.fields.map { ($0.name, $0.value) },
                body: Array(answer.body))
        }
        let response: ManagementResponse
        do { response = try await route.handle(self) } catch {
            response = ProblemDocument(anyError: error).response
        }
        // What may be otherwise the next time is not held against the client.
        guard response.status < 500, response.status != 429 else { return response }
        let remembered = RememberedAnswer(
            fingerprint: fingerprint, status: response.status,
            fields: response.fields.map { .init(name: $0.name, value: $0.value) },
            body: response.body(without: route.secrets), at: Date())
        try await services.registry.remember(remembered, as: key, of: caller.account)
        return response
    }

    /// Tells this request from others.
    private var fingerprint: String {
        let head = "\(request.method) \(request.segments.joined(separator: "/"))\n"
        return Base64URL.encode(Digest.sha256(Array(head.utf8) + request.body))
    }
}

extension ManagementResponse {
    /// The body without these members.
    fileprivate func body(without members: Set<String>) -> [UInt8] {
        guard !members.isEmpty, case .object(var object)? = try? JSONParser.parse(body) else {
            return body
        }
        for member in members { object[member] = nil }
        return JSONValue.object(object).text
    }
}
