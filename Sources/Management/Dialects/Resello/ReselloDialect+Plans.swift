// SPDX-License-Identifier: Apache-2.0
import Registry

/// Plans: what can be ordered, as the operator has named it.
extension ReselloDialect {
    func plans(_ call: DialectCall) throws -> ManagementResponse {
        var plans = services.catalogue.plans
        if let ids = call.request.queryValue("id") {
            let wanted = Set(ids.lowercased().split(separator: ",").map(String.init))
            plans.removeAll { !wanted.contains($0.id.lowercased()) }
        }
        if let part = call.request.queryValue("name")?.lowercased() {
            plans.removeAll { !$0.name.lowercased().contains(part) }
        }
        return .json(200, .array(plans.map(json)))
    }

    func plan(_ call: DialectCall) throws -> ManagementResponse {
        guard let plan = services.catalogue.plan(call.part(0)) else {
            throw DialectFault.noSuchCall
        }
        return .json(200, json(plan))
    }

    /// What is said of a plan with a certificate; one that is no longer configured keeps its id.
    func plan(_ id: String?) -> JSONValue {
        guard let id else { return .null }
        return ["id": .string(id), "name": .text(services.catalogue.plan(id)?.name)]
    }

    private func json(_ plan: Catalogue.Plan) -> JSONValue {
        [
            "id": .string(plan.id), "name": .string(plan.name),
            "description": "Domain validated; renewed by itself", "brand": "ACME",
            "renew_days_before_expiration": 30, "interval": 12,
            "actions": ["renew", "reissue"], "product": ["name": .string(plan.name)],
            "provisioner": ["id": "acme"],
        ]
    }
}
