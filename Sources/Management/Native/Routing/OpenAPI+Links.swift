// SPDX-License-Identifier: Apache-2.0
import Registry

/// What can be done next with the object that an operation has made: OpenAPI's links. Documentation shows
/// them, and test programs follow them.
extension OpenAPI {
    /// From an operation that makes or changes something to all that its answer gives the parameters of.
    static func links(from route: Route, among routes: [Route]) -> [String: JSONValue] {
        guard route.verb == .post || route.verb == .put, let schema = route.answer.schema else {
            return [:]
        }
        let known = expressions(of: schema)
        let kept = Set(route.parameters)
        var links: [String: JSONValue] = [:]
        for target in routes where target.parameters.contains(where: { known[$0] != nil }) {
            var parameters: [String: JSONValue] = [:]
            for parameter in target.parameters {
                if let expression = known[parameter] {
                    parameters["path.\(parameter)"] = .string(expression)
                } else if kept.contains(parameter) {
                    parameters["path.\(parameter)"] = .string("$request.path.\(parameter)")
                }
            }
            guard parameters.count == target.parameters.count else { continue }
            links[target.name] = [
                "operationId": .string(target.name), "parameters": .object(parameters),
            ]
        }
        return links
    }

    /// Where an answer of this schema has the parameters of paths.
    private static func expressions(of schema: String) -> [String: String] {
        switch schema {
        case "Domain": ["domain": "$response.body#/id"]
        case "Certificate": ["certificate": "$response.body#/id"]
        case "Issuance":
            [
                "issuance": "$response.body#/id",
                "certificate": "$response.body#/certificate_id",
                "version": "$response.body#/version_id",
            ]
        case "Version":
            [
                "version": "$response.body#/id",
                "certificate": "$response.body#/certificate_id",
            ]
        case "Site": ["site": "$response.body#/id"]
        case "Publication": ["publication": "$response.body#/number"]
        case "NewWebhook": ["webhook": "$response.body#/id"]
        default: [:]
        }
    }
}
