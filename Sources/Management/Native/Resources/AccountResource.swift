// SPDX-License-Identifier: Apache-2.0
import Registry

/// `/account`: who calls, and what it may do.
enum AccountResource {
    static let routes = [
        Route(
            verb: .get, path: "/account", name: "getAccount",
            summary: "The account and the client that the credentials stand for.", scope: .read,
            answer: .object("Account", "The account."), handle: get)
    ]

    static let schemas: [String: JSONValue] = [
        "Account": Schema.object([
            "account": Schema.text(),
            "application_id": Schema.text(),
            "scopes": Schema.array(of: Schema.oneOf(ManagementClient.Scope.self)),
            "plans": Schema.array(
                of: Schema.object([
                    "id": Schema.text(format: "uuid"), "name": Schema.text(),
                ])),
            "products": Schema.array(of: Schema.text()),
        ])
    ]

    private static func get(_ call: NativeCall) async throws -> ManagementResponse {
        let scopes = call.client?.scopes.map(\.rawValue).sorted() ?? []
        return .json(
            200,
            [
                "account": .string(call.caller.account),
                "application_id": .string(call.caller.actor),
                "scopes": .array(scopes.map { .string($0) }),
                "plans": .array(
                    call.services.catalogue.plans.map {
                        ["id": .string($0.id), "name": .string($0.name)]
                    }),
                "products": .array(call.services.catalogue.products.map { .string($0) }),
            ])
    }
}
