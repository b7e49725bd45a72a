// SPDX-License-Identifier: Apache-2.0
import Provisioning
import Registry
import TLS

/// Entri's API for certificates of customers' domains: `/ssl` and `/token`.
///
/// Its pages send a body with GET, name the secret's field `Authentication` or `Authorization`, and put a
/// token there with and without `Bearer`: all of that is understood.
package struct EntriDialect: Dialect {
    static let paths = DialectPaths(
        name: "entri", roots: ["ssl", "token", "power", "providers"])

    static let routes = DialectRoutes<EntriDialect>(routes: [
        .init("POST", "token", nil) { try await $0.token($1) },
        .init("GET", "ssl", .read) { try await $0.inspect($1) },
        .init("POST", "ssl", .write) { try await $0.provision($1) },
        .init("PUT", "ssl", .write) { try await $0.change($1) },
        .init("DELETE", "ssl", .write) { try await $0.deprovision($1) },
    ])

    let services: DialectServices

    package init(_ services: DialectServices) {
        self.services = services
    }

    func presented(by request: ManagementRequest) throws -> [PresentedSecret] {
        if presentsInBody(request) {
            var fields = try JSONFields(body: request.body)
            return [
                .pair(
                    id: try fields.string("applicationId"), secret: try fields.string("secret"))
            ]
        }
        let values = ["Authentication", "Authorization"].compactMap { request.field($0) }
        let secrets = values.map { value in
            value.lowercased().hasPrefix("bearer ")
                ? String(value.dropFirst("bearer ".count)) : value
        }
        // A secret that comes with an id counts for that client alone.
        guard let id = request.field("applicationId") else { return secrets.map { .secret($0) } }
        return secrets.map { .pair(id: id, secret: $0) }
    }

    func presentsInBody(_ request: ManagementRequest) -> Bool {
        Self.paths.segments(of: request).first == "token"
    }

    /// What a token is worth, in seconds.
    static let tokenLifetime = 3600
}

/// What the body or the query of a call says.
struct EntriDomainRequest: Sendable {
    let name: CertificateName
    let applicationURL: String?

    /// Nil: it says no domain, and a list is wanted.
    init?(_ call: DialectCall) throws {
        var fields = try call.fields()
        let named = try fields.optionalString("domain", max: Self.nameMax)
        applicationURL = try fields.optionalString("applicationUrl")
        let atRoot = fields.value("rootDomain") ?? .text(call.request.queryValue("rootDomain"))
        try fields.finish()
        guard let text = named ?? call.request.queryValue("domain") else { return nil }
        guard let name = CertificateName(text) else {
            throw FieldFault(.invalid, "domain", "expected a host name such as www.example.com")
        }
        let isRoot: Bool
        switch atRoot {
        case .null, .bool(false), "false": isRoot = false
        case .bool(true), "true": isRoot = true
        default: throw FieldFault(.wrongType, "rootDomain", "expected true or false")
        }
        // Two labels: what lies under a public suffix of several is not told apart here.
        guard isRoot || text.split(separator: ".").count > 2 else {
            throw FieldFault(
                .invalid, "domain", "has no subdomain; send rootDomain with it if that is meant")
        }
        self.name = name
    }

    /// A call that is about one domain.
    static func one(_ call: DialectCall) throws -> EntriDomainRequest {
        guard let request = try EntriDomainRequest(call) else {
            throw FieldFault(.missing, "domain", "expected a host name, found nothing")
        }
        return request
    }

    private static let nameMax = 1024
}
