// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Provisioning
import Registry
import TLS

/// The JSON API of InterNetX' AutoDNS, as far as it is about certificates, their contacts, jobs and
/// polling.
///
/// A certificate there is a lasting line, as ours are; a job is our issuance.
package struct AutoDNSDialect: Dialect {
    static let paths = DialectPaths(name: "autodns", roots: ["v1"])

    /// A call with the number that its answers carry.
    private struct Call: Sendable {
        let task: AutoDNSTask
        let route: DialectRoutes<AutoDNSDialect>.Route

        init(
            _ task: AutoDNSTask, _ method: String, _ pattern: String,
            _ scope: ManagementClient.Scope?,
            _ answer: @escaping DialectRoutes<AutoDNSDialect>.Answer
        ) {
            self.task = task
            route = .init(method, pattern, scope, answer)
        }
    }

    private static let calls: [Call] = [
        .init(.prepareOrder, "POST", "v1/certificate/_prepareOrder", .read) {
            try await $0.prepareOrder($1)
        },
        // As two of InterNetX' own pages spell it.
        .init(.prepareOrder, "POST", "v1/certificate/prepareOrder", .read) {
            try await $0.prepareOrder($1)
        },
        .init(.prepareOrder, "POST", "v1/certiicate/prepareOrder", .read) {
            try await $0.prepareOrder($1)
        },
        .init(.create, "POST", "v1/certificate", .write) { try await $0.create($1) },
        .init(.createRealtime, "POST", "v1/certificate/_realtime", .write) {
            try await $0.createRealtime($1)
        },
        .init(.search, "POST", "v1/certificate/_search", .read) { try await $0.search($1) },
        .init(.info, "GET", "v1/certificate/:id", .read) { try await $0.info($1) },
        .init(.reissue, "PUT", "v1/certificate/:id", .write) { try await $0.reissue($1) },
        .init(.delete, "DELETE", "v1/certificate/:id", .write) { try await $0.delete($1) },
        .init(.renew, "PUT", "v1/certificate/:id/_renew", .write) { try await $0.renew($1) },
        .init(.revoke, "POST", "v1/certificate/:id/_revoke", .write) { try await $0.revoke($1) },
        .init(.comment, "PUT", "v1/certificate/:id/_comment", .write) {
            try await $0.comment($1)
        },
        .init(.jobInfo, "GET", "v1/job/:id", .read) { try await $0.job($1) },
        .init(.jobCancel, "PUT", "v1/job/:id/_cancel", .write) { try await $0.cancelJob($1) },
        .init(.jobConfirm, "PUT", "v1/job/:id/_confirm", .write) { try await $0.confirmJob($1) },
        .init(.resendMail, "PUT", "v1/job/:id/_resendApproverEmail", .write) { _, _ in
            throw LifecycleError.unsupportedValidation(
                field: "authentication.method", value: "EMAIL")
        },
        .init(.contactCreate, "POST", "v1/sslcontact", .write) {
            try await $0.createContact($1)
        },
        .init(.contactSearch, "POST", "v1/sslcontact/_search", .read) {
            try await $0.searchContacts($1)
        },
        .init(.contactInfo, "GET", "v1/sslcontact/:id", .read) { try await $0.contact($1) },
        .init(.contactUpdate, "PUT", "v1/sslcontact/:id", .write) {
            try await $0.changeContact($1)
        },
        .init(.contactDelete, "DELETE", "v1/sslcontact/:id", .write) {
            try await $0.deleteContact($1)
        },
        .init(.pollInfo, "GET", "v1/poll", .read) { try await $0.poll($1) },
        .init(.pollConfirm, "PUT", "v1/poll/:id", .write) { try await $0.confirmPoll($1) },
        .init(.login, "POST", "v1/login", nil) { try await $0.login($1) },
        .init(.logout, "DELETE", "v1/logout", nil) { $0.logout($1) },
        .init(.logout, "GET", "v1/logout", nil) { $0.logout($1) },
        .init(.hello, "GET", "v1/hello", nil) { $0.hello($1) },
    ]

    static let routes = DialectRoutes<AutoDNSDialect>(routes: calls.map(\.route))

    /// Which call a request is, for the code of its answer.
    static func task(of request: ManagementRequest) -> AutoDNSTask {
        let segments = paths.segments(of: request)
        let call = calls.first {
            $0.route.method == request.method && $0.route.parts(of: segments) != nil
        }
        return call?.task ?? .unknown
    }

    let services: DialectServices

    package init(_ services: DialectServices) {
        self.services = services
    }

    func presented(by request: ManagementRequest) throws -> [PresentedSecret] {
        // A client that wants to try something only must not have done it.
        if request.method != "GET", request.field("X-Domainrobot-Demo")?.lowercased() == "true" {
            throw FieldFault(
                .invalid, "X-Domainrobot-Demo", "expected none: there is no dry run here")
        }
        if presentsInBody(request) {
            var fields = try JSONFields(body: request.body)
            return [.pair(id: try fields.string("user"), secret: try fields.string("password"))]
        }
        if let session = request.field("X-Domainrobot-SessionId") { return [.secret(session)] }
        return request.authorization.map { [$0] } ?? []
    }

    func presentsInBody(_ request: ManagementRequest) -> Bool {
        Self.task(of: request) == .login
    }

    // MARK: Sessions

    func login(_ call: DialectCall) async throws -> ManagementResponse {
        var fields = try call.fields()
        for name in ["user", "password", "context", "token"] { _ = fields.value(name) }
        try fields.finish()
        let token = try await services.access.issueToken(
            to: presented(by: call.request), lifetime: .seconds(Self.sessionLifetime))
        guard let token else { throw DialectFault.unauthenticated }
        var answer = success(.login, call, data: [owner(call)])
        answer.fields.append(("X-Domainrobot-SessionId", token))
        return answer
    }

    /// A session is a signed text that ends by itself; nobody remembers it.
    func logout(_ call: DialectCall) -> ManagementResponse { success(.logout, call) }

    func hello(_ call: DialectCall) -> ManagementResponse {
        success(.hello, call, data: [owner(call)])
    }

    /// In seconds: as long as AutoDNS lets one idle.
    private static let sessionLifetime = 3300

    // MARK: Answers

    func success(
        _ task: AutoDNSTask, _ call: DialectCall, object: AutoDNSEnvelope.JSONObject? = nil,
        messages: [JSONValue] = [], data: [JSONValue] = []
    ) -> ManagementResponse {
        answer(
            200,
            AutoDNSEnvelope(
                outcome: .success, task: task, object: object, messages: messages, data: data),
            to: call.request)
    }

    /// A job was begun.
    func begun(
        _ task: AutoDNSTask, _ issuance: Issuance, of name: String, _ call: DialectCall,
        messages: [JSONValue] = []
    ) -> ManagementResponse {
        answer(
            200,
            AutoDNSEnvelope(
                outcome: .notify, task: task, object: AutoDNSEnvelope.object("Certificate", name),
                messages: messages, data: [["id": .integer(issuance.number.value)]]),
            to: call.request)
    }

    func answer(
        _ status: Int, _ envelope: AutoDNSEnvelope, to request: ManagementRequest,
        fields: [(name: String, value: String)] = []
    ) -> ManagementResponse {
        .json(status, envelope.json(request), fields: fields)
    }

    /// A client in AutoDNS' words. The context, which tells its brands apart, is 4 in all of its samples.
    func owner(_ call: DialectCall) -> JSONValue {
        let context = call.request.field("X-Domainrobot-Context").flatMap { Int($0) }
        return ["user": .string(call.client.applicationID), "context": .integer(context ?? 4)]
    }
}
