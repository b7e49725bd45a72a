// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Provisioning
import Registry
import TLS

/// POST requests that may be sent twice and are done once (draft-ietf-httpapi-idempotency-key-header):
/// what came of the first is remembered for a day.
///
/// | the same key and request comes | it is |
/// |---|---|
/// | while the first is under way | 409, with Retry-After |
/// | after its answer | answered as the first was |
/// | after a crash that came before its answer, and after its commit | answered with what was made, as it is now |
/// | after a crash that came before its commit | done |
/// | after 5xx or 429 | done, where the first was not |
///
/// Another request with the key of an earlier one is a mistake, and is told so.
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
        let repeatable = RepeatableRequest(
            key: key,
            fingerprint: Self.fingerprint(
                request.method, request.segments, body: request.body))
        do {
            let response = try await answered(by: route, repeatable)
            await services.requests.end(place)
            return response
        } catch {
            await services.requests.end(place)
            throw error
        }
    }

    private func answered(
        by route: Route, _ repeatable: RepeatableRequest
    ) async throws -> ManagementResponse {
        let known = try await services.registry.remembered(repeatable.key, of: caller.account)
        var call = self
        if let known {
            guard known.fingerprint == repeatable.fingerprint else {
                throw ProblemDocument(
                    .idempotencyKeyReused, "It was another request.", field: "Idempotency-Key")
            }
            if let answer = known.answer { return ManagementResponse(answer) }
            if let response = try await answered(again: route, known.made) { return response }
        } else {
            call.caller = caller.making(repeatable)
        }
        let response: ManagementResponse
        do { response = try await route.handle(call) } catch {
            if let why = LifecycleError.inside(error) { services.trouble(why, request.requestID) }
            response = ProblemDocument(anyError: error).response
        }
        // What may be otherwise the next time is not held against the client.
        guard known == nil, response.status < 500, response.status != 429 else { return response }
        let answer = RememberedRequest.Answer(
            status: response.status,
            fields: response.fields.map { .init(name: $0.name, value: $0.value) },
            body: response.body(without: route.secrets))
        // Where it cannot be written, what was made is there all the same.
        try? await services.registry.remember(answer, to: repeatable, by: caller)
        return response
    }

    /// With what a call has made that was done before, as it is now; nil: it may be done again.
    private func answered(
        again route: Route, _ made: [String: String]
    ) async throws -> ManagementResponse? {
        var call = self
        call.parameters.merge(made) { _, made in made }
        let reader = route.reader
        guard let kind = reader?.parameters.first, call.parameters[kind] != nil,
            let again = route.again ?? reader?.handle
        else { return nil }
        var response = try await again(call)
        response.status = route.answer.status
        response.fields.removeAll { $0.name == "ETag" }
        if route.answer.hasLocation, let collection = reader?.segments.first,
            let id = call.parameters[kind]
        {
            response.fields.append(("Location", "/edge/v1/\(collection)/\(id)"))
        }
        return response
    }

    /// Tells a request from others.
    static func fingerprint(_ method: String, _ segments: [String], body: [UInt8]) -> String {
        let head = "\(method) \(segments.joined(separator: "/"))\n"
        return Base64URL.encode(Digest.sha256(Array(head.utf8) + body))
    }
}

extension Route {
    /// The operation that shows what this one makes, or what its path names.
    fileprivate var reader: Route? {
        let readers = NativeRoutes.all.filter { reader in
            reader.verb == .get && reader.parameters.count == 1 && reader.path.hasSuffix("}")
        }
        return readers.first { $0.answer.schema == answer.schema }
            ?? readers.first { $0.segments.first == segments.first }
    }
}

extension ManagementResponse {
    fileprivate init(_ answer: RememberedRequest.Answer) {
        self.init(
            status: answer.status, fields: answer.fields.map { ($0.name, $0.value) },
            body: Array(answer.body))
    }

    /// The body without these members.
    fileprivate func body(without members: Set<String>) -> [UInt8] {
        guard !members.isEmpty, case .object(var object)? = try? JSONParser.parse(body) else {
            return body
        }
        for member in members { object[member] = nil }
        return JSONValue.object(object).text
    }
}
