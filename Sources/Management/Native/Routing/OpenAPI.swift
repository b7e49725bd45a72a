// SPDX-License-Identifier: Apache-2.0
import Registry

/// The description of the native API in OpenAPI 3.1, made of the routes that the router matches.
enum OpenAPI {
    static func document(of routes: [Route]) -> JSONValue {
        var paths: [String: [String: JSONValue]] = [:]
        for route in routes {
            paths["/edge/v1\(route.path)", default: [:]][route.verb.rawValue.lowercased()] =
                operation(route, among: routes)
        }
        return [
            "openapi": "3.1.0",
            "info": [
                "title": "Nameplate", "version": "1",
                "description": .string(
                    "Domains, certificates and what becomes of them. Errors are problem documents "
                        + "(RFC 9457); lists have pages; a POST may carry an Idempotency-Key."),
                "license": ["name": "Apache-2.0", "identifier": "Apache-2.0"],
            ],
            "servers": [["url": "/"]],
            "paths": .object(paths.mapValues { .object($0) }),
            "components": [
                "schemas": .object(NativeSchemas.all),
                "responses": .object(problems),
                "securitySchemes": [
                    "basic": ["type": "http", "scheme": "basic"],
                    "bearer": ["type": "http", "scheme": "bearer"],
                ],
            ],
        ]
    }

    private static func operation(_ route: Route, among routes: [Route]) -> JSONValue {
        var operation: [String: JSONValue] = [
            "operationId": .string(route.name), "summary": .string(route.summary),
            "tags": [.string(route.segments.first.map(String.init) ?? "")],
            "parameters": .array(parameters(of: route)),
            "responses": .object(responses(of: route, among: routes)),
            "security": route.scope == nil ? [] : [["basic": []], ["bearer": []]],
        ]
        if let scope = route.scope { operation["x-scope"] = .string(scope.rawValue) }
        if let body = route.body {
            operation["requestBody"] = [
                "required": .bool(!route.bodyIsOptional),
                "content": ["application/json": ["schema": Schema.reference(body)]],
            ]
        }
        return .object(operation)
    }

    private static func parameters(of route: Route) -> [JSONValue] {
        var parameters: [JSONValue] = route.parameters.map { name in
            [
                "name": .string(name), "in": "path", "required": true,
                "schema": NativeSchemas.pathParameters[name] ?? Schema.text(),
            ]
        }
        parameters += route.query.map { parameter in
            [
                "name": .string(parameter.name), "in": "query", "required": false,
                "schema": parameter.schema, "description": .string(parameter.summary),
            ]
        }
        if route.verb == .post, route.scope != nil {
            parameters.append(
                header(
                    "Idempotency-Key", Schema.text(max: 255, pattern: "^[!-~]{1,255}$"),
                    "The same request with the same key is done once, for 24 hours, and gets the "
                        + "same answer again; where that was lost with the process, what was "
                        + "made, as it is now."))
        }
        if route.hasTag {
            parameters.append(
                route.verb == .get
                    ? header(
                        "If-None-Match", tag, "Answered with 304 while the object has this ETag.")
                    : header("If-Match", tag, "Answered with 412 unless the object has this ETag."))
        }
        return parameters
    }

    private static func header(_ name: String, _ schema: JSONValue, _ summary: String) -> JSONValue
    {
        [
            "name": .string(name), "in": "header", "required": false, "schema": schema,
            "description": .string(summary),
        ]
    }

    private static let tag = Schema.text(pattern: EntityTags.pattern)

    private static func responses(
        of route: Route, among routes: [Route]
    ) -> [String: JSONValue] {
        var responses: [String: JSONValue] = [
            "\(route.answer.status)": response(
                route.answer, hasTag: route.hasTag, links: links(from: route, among: routes))
        ]
        if route.hasTag, route.verb == .get {
            responses["304"] = ["description": "It is as the client has it."]
        }
        for status in problems(of: route) {
            responses["\(status)"] = ["$ref": .string("#/components/responses/Problem\(status)")]
        }
        return responses
    }

    /// Heads that are answered before an operation is known.
    private static let tooLong = [
        414: "The request line is too long.", 431: "The fields of the request are too long.",
    ]

    /// An answer of each status that a problem can have.
    private static let problems: [String: JSONValue] = {
        let statuses = Set(ProblemKind.allCases.map(\.status)).union(tooLong.keys)
        let named = statuses.map { ("Problem\($0)", problem($0)) }
        return Dictionary(named) { first, _ in first }
    }()

    private static func problem(_ status: Int) -> JSONValue {
        let titles =
            tooLong[status].map { [$0] }
            ?? ProblemKind.allCases.filter { $0.status == status }.map(\.title)
        return [
            "description": .string(titles.joined(separator: " ")),
            "content": .object([
                ProblemDocument.mediaType: ["schema": Schema.reference("Problem")]
            ]),
        ]
    }

    private static func response(
        _ answer: Route.Answer, hasTag: Bool, links: [String: JSONValue]
    ) -> JSONValue {
        var headers: [String: JSONValue] = [
            "X-Request-Id": ["schema": Schema.text(format: "uuid"), "required": true]
        ]
        if hasTag { headers["ETag"] = ["schema": Schema.text(), "required": true] }
        if answer.hasLocation { headers["Location"] = ["schema": Schema.text(), "required": true] }
        if answer.isPage { headers["Link"] = ["schema": Schema.text()] }
        var response: [String: JSONValue] = [
            "description": .string(answer.description), "headers": .object(headers),
        ]
        if !links.isEmpty { response["links"] = .object(links) }
        if !answer.content.isEmpty {
            let content = answer.content.map { ($0.type, JSONValue.object(["schema": $0.schema])) }
            response["content"] = .object(Dictionary(content) { first, _ in first })
        }
        return .object(response)
    }

    /// The statuses of the errors that an operation may answer with.
    private static func problems(of route: Route) -> [Int] {
        var statuses = Set([400, 404, 422, 503]).union(tooLong.keys)
        if route.scope != nil { statuses.formUnion([401, 403, 429]) }
        // A certificate or a key may not be there yet.
        if route.answer.isFile { statuses.insert(409) }
        if route.verb != .get { statuses.formUnion([409, 412, 413, 415]) }
        statuses.formUnion(route.problems.map(\.status))
        return statuses.sorted()
    }
}
