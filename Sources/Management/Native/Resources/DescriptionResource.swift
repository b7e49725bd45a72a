// SPDX-License-Identifier: Apache-2.0
import Registry

/// `/openapi.json` and `/problems`: what the API says of itself, to anybody.
enum DescriptionResource {
    static let routes = [
        Route(
            verb: .get, path: "/openapi.json", name: "getDescription",
            summary: "This description, in OpenAPI 3.1.",
            answer: Route.Answer(
                status: 200, description: "The description.",
                content: [("application/json", ["type": "object"])])
        ) { _ in .json(200, OpenAPI.document(of: NativeRoutes.all)) },
        Route(
            verb: .get, path: "/problems", name: "listProblems",
            summary: "Every kind of error that this API answers with.",
            answer: Route.Answer(
                status: 200, description: "The kinds of errors.",
                content: [
                    (
                        "application/json",
                        Schema.object([
                            "data": Schema.array(of: Schema.reference("ProblemKind"))
                        ])
                    )
                ])
        ) { _ in .json(200, ["data": .array(ProblemKind.allCases.map(\.description))]) },
        Route(
            verb: .get, path: "/problems/{code}", name: "getProblem",
            summary: "What an error's type means, and what to do about it.",
            answer: .object("ProblemKind", "The kind of error."), handle: getProblem),
    ]

    static let schemas: [String: JSONValue] = [
        "ProblemKind": Schema.object([
            "type": Schema.text(format: "uri-reference"), "status": Schema.integer(400...599),
            "title": Schema.text(), "advice": Schema.text(),
        ])
    ]

    private static func getProblem(_ call: NativeCall) async throws -> ManagementResponse {
        guard let kind = call.parameters["code"].flatMap({ ProblemKind(rawValue: $0) }) else {
            throw ProblemDocument(.notFound, "There is no such kind of error.")
        }
        return .json(200, kind.description)
    }
}
