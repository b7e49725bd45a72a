// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Provisioning
import Registry

/// The API of another company, so that clients that were written for it work here with another base URL.
///
/// A dialect is a translation: a request becomes a call of `Lifecycle`, and the object that this returns
/// becomes that company's JSON. It has no state; members that mean nothing here are kept on the objects
/// (`Compatibility`) and given back.
protocol Dialect: ManagementDialect {
    /// Where its calls are.
    static var paths: DialectPaths { get }
    static var routes: DialectRoutes<Self> { get }
    var services: DialectServices { get }
    /// By what the request says who has sent it.
    func presented(by request: ManagementRequest) throws -> [PresentedSecret]
    /// Whether it says so in its body.
    func presentsInBody(_ request: ManagementRequest) -> Bool
    /// The one place where a fault gets this dialect's shape.
    func answer(_ fault: DialectFault, to request: ManagementRequest) -> ManagementResponse
    /// What all answers to calls that were not declined have in common.
    func finish(_ answer: ManagementResponse, to request: ManagementRequest) -> ManagementResponse
}

extension Dialect {
    package func claims(_ request: ManagementRequest) -> Bool {
        Self.paths.claim(request.segments)
    }

    package func admit(_ request: ManagementRequest) async -> Admission {
        do {
            let (route, _) = try Self.routes.match(
                request.method, Self.paths.segments(of: request))
            guard !presentsInBody(request) else { return .stranger }
            return .client(try await client(of: request, for: route.scope))
        } catch { return .declined(answer(DialectFault(error), to: request)) }
    }

    package func respond(to request: ManagementRequest) async -> ManagementResponse {
        do {
            let segments = Self.paths.segments(of: request)
            let (route, parts) = try Self.routes.match(request.method, segments)
            let client = try await client(of: request, for: route.scope)
            let answer = try await route.answer(
                self, DialectCall(request: request, parts: parts, client: client))
            return finish(answer, to: request)
        } catch {
            if let why = LifecycleError.inside(error) { services.trouble(why, request.requestID) }
            return answer(DialectFault(error), to: request)
        }
    }

    package func respond(
        to fault: RequestFault, of request: ManagementRequest
    ) -> ManagementResponse {
        answer(.request(fault), to: request)
    }

    func presentsInBody(_ request: ManagementRequest) -> Bool { false }

    func finish(
        _ answer: ManagementResponse, to request: ManagementRequest
    ) -> ManagementResponse { answer }

    private func client(
        of request: ManagementRequest, for scope: ManagementClient.Scope?
    ) async throws -> ManagementClient {
        let client: ManagementClient
        if let known = request.client {
            // It may have been taken away while its body came.
            guard await services.access.knows(known) else { throw DialectFault.unauthenticated }
            client = known
        } else {
            client = try await authenticate(request)
        }
        if let scope, !client.scopes.contains(scope) { throw DialectFault.forbidden(scope) }
        return client
    }

    private func authenticate(_ request: ManagementRequest) async throws -> ManagementClient {
        let presented = try presented(by: request)
        let decision = await services.access.authenticate(
            presented, from: request.peer, requestID: request.requestID)
        switch decision {
        case .unknown: throw DialectFault.unauthenticated
        case .lockedOut(let seconds): throw DialectFault.lockedOut(seconds: seconds)
        case .client(let client): return client
        }
    }
}

/// Where the calls of a dialect are: at its own roots, and all of them under its name too, for clients
/// that share a host with others: `/v2/whoami` is `/dnsimple/v2/whoami`.
struct DialectPaths: Sendable {
    let name: String
    let roots: Set<String>

    func claim(_ segments: [String]) -> Bool {
        segments.first.map { $0 == name || roots.contains($0) } ?? false
    }

    func segments(of request: ManagementRequest) -> ArraySlice<String> {
        request.segments.first == name ? request.segments.dropFirst() : request.segments[...]
    }
}

/// One call of a client that may make it.
struct DialectCall: Sendable {
    let request: ManagementRequest
    /// What the variable parts of its path are, in their order.
    let parts: [String]
    let client: ManagementClient

    var caller: Caller { client.caller(requestID: request.requestID) }

    /// The body's members; a body of no bytes has none.
    func fields() throws(FieldFault) -> JSONFields {
        try JSONFields(body: request.body, emptyIsObject: true)
    }

    /// One variable part of the path.
    func part(_ index: Int) -> String {
        index < parts.count ? parts[index] : ""
    }

    /// One variable part as the number of an object.
    func number<Kind>(
        _ index: Int, _ kind: Event.Subject.Kind
    ) throws(LifecycleError) -> ObjectNumber<Kind> {
        guard let number = ObjectNumber<Kind>(digits: part(index)) else {
            throw .notFound(kind, part(index))
        }
        return number
    }

    /// A number of the query; what stands there otherwise is refused.
    func queryNumber(
        _ name: String, in range: ClosedRange<Int>, default value: Int
    ) throws(FieldFault) -> Int {
        guard let text = request.queryValue(name) else { return value }
        guard let number = Int(text), range.contains(number) else {
            throw FieldFault(
                .invalid, name,
                "expected a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }
}

extension ObjectNumber {
    /// Reads decimal digits alone: `Int` would read a sign too.
    init?(digits text: String) {
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let value = Int(text) else {
            return nil
        }
        self.init(value)
    }
}
