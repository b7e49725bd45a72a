// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Provisioning
import Registry
import TLS

/// Qwilt's Certificate Manager, and of its Sites API what certificates are linked and put into service by.
///
/// A certificate there is our version, a certificate template our certificate, a signing request our
/// issuance. Its clients are written in Go: a member of another type than they expect is an error to them,
/// and so is any status but 200 and 201.
package struct QwiltDialect: Dialect {
    static let paths = DialectPaths(name: "qwilt", roots: ["api", "login"])

    static let routes = DialectRoutes<QwiltDialect>(routes: certificates + templates + sites)

    private typealias Routes = [DialectRoutes<QwiltDialect>.Route]

    private static let certificates: Routes = [
        .init("GET", "login", nil) { try await $0.login($1) },
        .init("GET", "login/login", nil) { try await $0.login($1) },
        .init("GET", "api/v2/certificates", .read) { try await $0.certificates($1) },
        .init("POST", "api/v2/certificates", .write) { try await $0.upload($1) },
        .init("GET", "api/v2/certificates/:id", .read) { try await $0.certificate($1) },
        .init("PUT", "api/v2/certificates/:id", .write) { try await $0.replace($1) },
        .init("DELETE", "api/v2/certificates/:id", .write) { try await $0.delete($1) },
    ]

    private static let templates: Routes = [
        .init("GET", "api/v2/certificate-templates", .read) { try await $0.templates($1) },
        .init("POST", "api/v2/certificate-templates", .write) { try await $0.createTemplate($1) },
        .init("GET", "api/v2/certificate-templates/:id", .read) { try await $0.template($1) },
        .init("DELETE", "api/v2/certificate-templates/:id", .write) {
            try await $0.deleteTemplate($1)
        },
        // Qwilt's pages speak of it and do not say where it is.
        .init("POST", "api/v2/certificate-templates/:id/certificate-signing-requests", .write) {
            try await $0.triggerRequest($1)
        },
        .init("GET", "api/v2/certificate-signing-requests/:id", .read) {
            try await $0.signingRequest($1)
        },
        // Where the PEM is to be had is not documented.
        .init("GET", "api/v2/certificate-signing-requests/:id/pem", .read) {
            try await $0.signingRequestPEM($1)
        },
        .init("GET", "api/v2/certificate-signing-requests/:id/download", .read) {
            try await $0.signingRequestPEM($1)
        },
    ]

    private static let sites: Routes = [
        .init("GET", "api/v2/sites", .read) { try await $0.sites($1) },
        .init("POST", "api/v2/sites", .write) { try await $0.createSite($1) },
        .init("GET", "api/v2/sites/:id", .read) { try await $0.site($1) },
        .init("PUT", "api/v2/sites/:id", .write) { try await $0.changeSite($1) },
        .init("DELETE", "api/v2/sites/:id", .write) { try await $0.deleteSite($1) },
        .init("GET", "api/v2/sites/:id/certificates", .read) { try await $0.links($1) },
        .init("POST", "api/v2/sites/:id/certificates", .write) { try await $0.link($1) },
        .init("DELETE", "api/v2/sites/:id/certificates/:certificate", .write) {
            try await $0.unlink($1)
        },
        .init("GET", "api/1/sites/:id/configurations", .read) { try await $0.revisions($1) },
        .init("POST", "api/1/sites/:id/configurations", .write) { try await $0.addRevision($1) },
        .init("GET", "api/1/sites/:id/configurations/:revision", .read) {
            try await $0.revision($1)
        },
        .init("GET", "api/v2/sites/:id/publishing-operations", .read) {
            try await $0.publications($1)
        },
        .init("POST", "api/v2/sites/:id/publishing-operations", .write) {
            try await $0.publish($1)
        },
        .init("GET", "api/v2/sites/:id/publishing-operations/:operation", .read) {
            try await $0.publication($1)
        },
        .init("POST", "api/v2/sites/:id/publishing-operations/actions/un-publish", .write) {
            try await $0.unpublish($1)
        },
        .init("POST", "api/v2/sites/:id/publishing-operations/actions/republish", .write) {
            try await $0.republish($1)
        },
        .init("POST", "api/v2/sites/:id/publishing-operations/:operation/actions/cancel", .write) {
            try await $0.cancelPublication($1)
        },
    ]

    let services: DialectServices

    package init(_ services: DialectServices) {
        self.services = services
    }

    /// A key in a field of its own, or in `Authorization` under a scheme of its own; a token there, or in
    /// the cookie that `login` has set.
    func presented(by request: ManagementRequest) -> [PresentedSecret] {
        if let key = request.field("X-API-KEY") { return [.secret(key)] }
        if let value = request.field("Authorization") {
            let words = value.split(separator: " ", maxSplits: 1)
            if words.count == 2, words[0].lowercased() == "x-api-key" {
                return [.secret(String(words[1]))]
            }
            return request.authorization.map { [$0] } ?? []
        }
        let cookies = request.field("Cookie")?.split(separator: ";") ?? []
        return cookies.compactMap { cookie in
            let parts = cookie.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, parts[0] == Self.cookie[...] else { return nil }
            return .secret(String(parts[1]))
        }
    }

    /// Without `Location`: a client of Go's would follow it, and never see the cookie.
    func login(_ call: DialectCall) async throws -> ManagementResponse {
        let token = await services.access.issueToken(
            to: presented(by: call.request), lifetime: .seconds(Self.tokenLifetime))
        guard let token else { throw DialectFault.unauthenticated }
        return .json(
            302, .object([:]),
            fields: [
                (
                    "Set-Cookie",
                    "\(Self.cookie)=\(token); Path=/; Max-Age=\(Self.tokenLifetime); HttpOnly; Secure"
                )
            ])
    }

    /// The number of an object, which its clients hold in 64 bits and its pages put into texts.
    static func identifier<Kind>(_ number: ObjectNumber<Kind>) -> JSONValue {
        .string("\(number)")
    }

    private static let cookie = "cqloudLoginToken"
    /// In seconds.
    private static let tokenLifetime = 3600
}
