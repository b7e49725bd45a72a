// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Provisioning
import Registry
import Storage
import TLS

/// DNSimple's API v2, as far as it is about certificates of Let's Encrypt: what its tutorial and its
/// official clients call.
///
/// A certificate there is one signed certificate: our version. An order reserves its number, and a renewal
/// is an order of another. A "domain" is a name whose certificates are those for names within it.
package struct DNSimpleDialect: Dialect {
    static let paths = DialectPaths(name: "dnsimple", roots: ["v2"])

    static let routes = DialectRoutes<DNSimpleDialect>(routes: [
        .init("GET", "v2/whoami", nil) { $0.whoami($1) },
        .init("GET", "v2/accounts", nil) { $0.accounts($1) },
        .init("GET", "v2/:account/domains", .read) { try await $0.domains($1) },
        .init("POST", "v2/:account/domains", .write) { try await $0.createDomain($1) },
        .init("GET", "v2/:account/domains/:domain", .read) { try await $0.domain($1) },
        .init("DELETE", "v2/:account/domains/:domain", .write) { try await $0.deleteDomain($1) },
        .init("GET", "v2/:account/domains/:domain/certificates", .read) {
            try await $0.certificates($1)
        },
        .init("GET", "v2/:account/domains/:domain/certificates/:id", .read) {
            try await $0.certificate($1)
        },
        .init("GET", "v2/:account/domains/:domain/certificates/:id/download", .read) {
            try await $0.download($1)
        },
        .init("GET", "v2/:account/domains/:domain/certificates/:id/private_key", .read) {
            try await $0.privateKey($1)
        },
        .init("POST", "v2/:account/domains/:domain/certificates/letsencrypt", .write) {
            try await $0.purchase($1)
        },
        .init("POST", "v2/:account/domains/:domain/certificates/letsencrypt/:id/issue", .write) {
            try await $0.issue($1)
        },
        .init(
            "POST", "v2/:account/domains/:domain/certificates/letsencrypt/:id/renewals", .write
        ) { try await $0.purchaseRenewal($1) },
        .init(
            "POST",
            "v2/:account/domains/:domain/certificates/letsencrypt/:id/renewals/:renewal/issue",
            .write
        ) { try await $0.issueRenewal($1) },
        .init("GET", "v2/:account/webhooks", .read) { try await $0.webhooks($1) },
        .init("POST", "v2/:account/webhooks", .write) { try await $0.createWebhook($1) },
        .init("GET", "v2/:account/webhooks/:id", .read) { try await $0.webhook($1) },
        .init("DELETE", "v2/:account/webhooks/:id", .write) { try await $0.deleteWebhook($1) },
    ])

    let services: DialectServices

    package init(_ services: DialectServices) {
        self.services = services
    }

    func presented(by request: ManagementRequest) -> [PresentedSecret] {
        request.authorization.map { [$0] } ?? []
    }

    // MARK: Answers

    /// What every answer of DNSimple's carries; its clients read `X-RateLimit-…` without asking whether it
    /// is there.
    func answer(
        _ status: Int, _ value: JSONValue, fields: [(name: String, value: String)] = []
    ) -> ManagementResponse {
        .json(status, value, fields: rateLimit(remaining: Self.requestsAnHour) + fields)
    }

    func nothing(
        _ status: Int = 204, fields: [(name: String, value: String)] = []
    ) -> ManagementResponse {
        ManagementResponse(
            status: status, fields: rateLimit(remaining: Self.requestsAnHour) + fields)
    }

    /// Its GETs have an ETag; a client that has the answer already is not sent it again.
    func finish(
        _ answer: ManagementResponse, to request: ManagementRequest
    ) -> ManagementResponse {
        guard request.method == "GET", answer.status == 200 else { return answer }
        let tag = EntityTag(answer.body)
        let field = [(name: "ETag", value: tag.text)]
        if let known = request.field("If-None-Match").flatMap({ EntityTags($0) }),
            tag.isWeaklyIn(known)
        {
            return nothing(304, fields: field)
        }
        var answer = answer
        answer.fields += field
        return answer
    }

    /// Requests are not counted here: an hour that is always new, unless a time is known.
    func rateLimit(
        remaining: Int, resetIn seconds: Int = 3600
    ) -> [(name: String, value: String)] {
        let reset = Int(services.now().timeIntervalSince1970) + seconds
        return [
            ("X-RateLimit-Limit", "\(Self.requestsAnHour)"),
            ("X-RateLimit-Remaining", "\(remaining)"), ("X-RateLimit-Reset", "\(reset)"),
        ]
    }

    /// A list with its place among the pages.
    func answer(_ elements: [JSONValue], of total: Int, _ page: DNSimplePage) -> ManagementResponse
    {
        answer(
            200,
            [
                "data": .array(elements),
                "pagination": [
                    "current_page": .integer(page.number), "per_page": .integer(page.size),
                    "total_entries": .integer(total),
                    "total_pages": .integer((total + page.size - 1) / page.size),
                ],
            ])
    }

    /// DNSimple's own number.
    private static let requestsAnHour = 2400
}

/// Which page of a list is wanted; the first one is 1.
struct DNSimplePage: Sendable {
    let number: Int
    let size: Int

    init(_ call: DialectCall) throws(FieldFault) {
        number = try call.queryNumber("page", in: 1...1_000_000, default: 1)
        size = try call.queryNumber("per_page", in: 1...100, default: 30)
    }
}

extension DialectCall {
    /// The order that a list is wanted in: `sort=expiration:desc,id:asc`.
    ///
    /// - Parameter fields: what may be sorted by, by its name.
    func sortKeys<Field>(
        _ fields: [String: Field]
    ) throws(FieldFault) -> [(field: Field, order: RecordRange.Order)] {
        var keys: [(Field, RecordRange.Order)] = []
        for part in (request.queryValue("sort") ?? "").split(separator: ",") {
            let words = part.split(separator: ":").map { $0.lowercased() }
            let direction = words.count > 1 ? words[1] : "asc"
            guard words.count <= 2, let field = words.first.flatMap({ fields[$0] }),
                ["asc", "desc"].contains(direction)
            else {
                throw FieldFault(
                    .invalid, "sort",
                    "expected \(fields.keys.sorted().joined(separator: ", ")) with :asc or :desc")
            }
            keys.append((field, direction == "desc" ? .descending : .ascending))
        }
        return keys
    }
}
