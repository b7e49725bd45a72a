// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Provisioning
import Registry

/// The native API, at `/edge/v1`: every operation is a `Route`, one file a resource. Paths that no dialect
/// claims are answered here, too: there is nothing.
package struct NativeDialect: ManagementDialect {
    let routes = NativeRoutes.all
    private let services: NativeServices

    package init(_ services: NativeServices) {
        self.services = services
    }

    package func claims(_ request: ManagementRequest) -> Bool { true }

    package func respond(
        to fault: RequestFault, of request: ManagementRequest
    ) -> ManagementResponse {
        ProblemDocument(fault).response
    }

    package func admit(_ request: ManagementRequest) async -> Admission {
        do throws(ProblemDocument) {
            let (route, _) = try route(for: request)
            return try await client(of: request, for: route).map { .client($0) } ?? .stranger
        } catch { return .declined(error.response) }
    }

    package func respond(to request: ManagementRequest) async -> ManagementResponse {
        do {
            let (route, parameters) = try route(for: request)
            let client = try await client(of: request, for: route)
            try checkQuery(of: request, for: route)
            try checkBody(of: request, for: route)
            let call = NativeCall(
                request: request, client: client,
                caller: client?.caller(requestID: request.requestID)
                    ?? Caller(
                        account: Caller.mainAccount, actor: "anyone", requestID: request.requestID),
                services: services, parameters: parameters)
            return try await call.answered(by: route)
        } catch {
            if let why = LifecycleError.inside(error) { services.trouble(why, request.requestID) }
            return ProblemDocument(anyError: error).response
        }
    }

    // MARK: Before an operation

    private func route(
        for request: ManagementRequest
    ) throws(ProblemDocument) -> (Route, [String: String]) {
        let segments = request.segments
        guard segments.prefix(2) == ["edge", "v1"] else {
            throw ProblemDocument(.notFound, "Nothing is here; the API is below /edge/v1.")
        }
        var verbs: [String] = []
        for route in routes {
            guard let parameters = route.match(segments.dropFirst(2)) else { continue }
            if route.verb.rawValue == request.method { return (route, parameters) }
            verbs.append(route.verb.rawValue)
        }
        guard !verbs.isEmpty else {
            throw ProblemDocument(
                .notFound, "Nothing is here; /edge/v1/openapi.json has what there is.")
        }
        if verbs.contains("GET") { verbs.append("HEAD") }
        var problem = ProblemDocument(
            .methodNotAllowed, "\(request.method) means nothing here.")
        problem.fields = [("Allow", verbs.sorted().joined(separator: ", "))]
        throw problem
    }

    /// Whose request it is; nil where anybody's is answered.
    private func client(
        of request: ManagementRequest, for route: Route
    ) async throws(ProblemDocument) -> ManagementClient? {
        guard let scope = route.scope else { return nil }
        let client: ManagementClient
        if let known = request.client {
            // It may have been taken away while its body came.
            guard await services.access.knows(known) else {
                throw .unauthenticated("They are those of no client any more.")
            }
            client = known
        } else {
            client = try await authenticate(request)
        }
        guard client.scopes.contains(scope) else {
            var problem = ProblemDocument(
                .forbidden, "\(client.applicationID) lacks the scope \(scope.rawValue).")
            problem.extensions["scope"] = .string(scope.rawValue)
            throw problem
        }
        return client
    }

    private func authenticate(
        _ request: ManagementRequest
    ) async throws(ProblemDocument) -> ManagementClient {
        let presented = request.authorization.map { [$0] } ?? []
        let decision = await services.access.authenticate(
            presented, from: request.peer, requestID: request.requestID)
        switch decision {
        case .client(let client): return client
        case .unknown:
            throw .unauthenticated(
                presented.isEmpty ? "There are none." : "They are those of no client.")
        case .lockedOut(let seconds):
            var problem = ProblemDocument(.lockedOut, "Again in \(seconds) s.")
            problem.fields = [("Retry-After", "\(seconds)")]
            throw problem
        }
    }

    /// Every member of the query is known, and stands there once.
    private func checkQuery(
        of request: ManagementRequest, for route: Route
    ) throws(ProblemDocument) {
        var seen: Set<String> = []
        for member in request.query {
            guard route.query.contains(where: { $0.name == member.name }) else {
                throw ProblemDocument(
                    .unknownField, "There is no such parameter here.", field: member.name)
            }
            guard seen.insert(member.name).inserted else {
                throw ProblemDocument(.invalidField, "expected it once", field: member.name)
            }
        }
    }

    private func checkBody(
        of request: ManagementRequest, for route: Route
    ) throws(ProblemDocument) {
        guard route.verb != .get else { return }
        guard !request.body.isEmpty else {
            guard route.body == nil || route.bodyIsOptional else {
                throw ProblemDocument(.malformedBody, "There is none.")
            }
            return
        }
        let type = (request.field("Content-Type") ?? "").prefix { $0 != ";" }
        let name = type.lowercased().trimmingPrefix { $0 == " " }.prefix { $0 != " " }
        guard name == "application/json" || name.hasSuffix("+json") else {
            throw ProblemDocument(
                .unsupportedMediaType, "It is \(type.isEmpty ? "none" : "\(type)").")
        }
    }
}
