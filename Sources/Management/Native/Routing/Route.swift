// SPDX-License-Identifier: Apache-2.0
import Registry

/// One operation of the native API: what the router answers, and what the OpenAPI description says of it.
struct Route: Sendable {
    enum Verb: String, CaseIterable, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    typealias Handler = @Sendable (NativeCall) async throws -> ManagementResponse

    let verb: Verb
    /// Below `/edge/v1`: `/domains/{domain}`.
    let path: String
    /// Unique: `getDomain`.
    let name: String
    let summary: String
    /// nil: anybody may call it.
    var scope: ManagementClient.Scope?
    var query: [QueryParameter] = []
    /// The schema of the body; nil: there is none.
    var body: String?
    /// Whether the body may be left out.
    var bodyIsOptional = false
    /// What it answers when all is well.
    var answer: Answer
    /// Errors that no other operation of its kind has.
    var problems: [ProblemKind] = []
    /// Whether the answer has an ETag, and the request may say If-None-Match or, where it changes
    /// something, If-Match.
    var hasTag = false
    /// Members of the answer that are told once, and not remembered for a request that comes again.
    var secrets: Set<String> = []
    let handle: Handler
    /// Answers a call that was done before, where its answer was lost; nil: as the operation does that
    /// shows such an object. What it has made is among the parameters, by its kind.
    var again: Handler?

    /// A successful answer.
    struct Answer: Sendable {
        let status: Int
        let description: String
        /// The name of the schema of an answer that is one object.
        var schema: String?
        /// By media type; empty: there is no body.
        let content: [(type: String, schema: JSONValue)]
        /// Whether it has a Location.
        var hasLocation = false
        /// Whether it is a page of a list, with a Link to the next.
        var isPage = false
        /// Whether it is no JSON.
        var isFile = false

        /// An object of this schema.
        static func object(
            _ schema: String, status: Int = 200, _ description: String
        ) -> Answer {
            Answer(
                status: status, description: description, schema: schema,
                content: [("application/json", Schema.reference(schema))],
                hasLocation: status == 201)
        }

        /// A page of objects of this schema.
        static func page(of schema: String, _ description: String) -> Answer {
            Answer(
                status: 200, description: description,
                content: [("application/json", Schema.page(of: schema))], isPage: true)
        }

        /// All objects of this schema that there are.
        static func list(of schema: String, _ description: String) -> Answer {
            Answer(
                status: 200, description: description,
                content: [("application/json", Schema.page(of: schema))])
        }

        /// Bytes that are no JSON.
        static func file(_ type: String, _ description: String) -> Answer {
            Answer(
                status: 200, description: description,
                content: [(type, ["type": "string", "format": "binary"])], isFile: true)
        }

        static func nothing(_ description: String) -> Answer {
            Answer(status: 204, description: description, content: [])
        }
    }

    /// A member of the query.
    struct QueryParameter: Sendable {
        let name: String
        let summary: String
        let schema: JSONValue

        init(_ name: String, _ schema: JSONValue, _ summary: String) {
            self.name = name
            self.schema = schema
            self.summary = summary
        }
    }

    /// The parts of the path; those in braces are parameters.
    var segments: [Substring] { path.split(separator: "/") }

    /// The names of the path's parameters.
    var parameters: [String] {
        segments.filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) }
    }

    /// Whether these segments, below `/edge/v1`, are its path; with the values of its parameters.
    func match(_ given: ArraySlice<String>) -> [String: String]? {
        guard given.count == segments.count else { return nil }
        var values: [String: String] = [:]
        for (own, given) in zip(segments, given) {
            if own.hasPrefix("{") {
                values[String(own.dropFirst().dropLast())] = given
            } else if own != given {
                return nil
            }
        }
        return values
    }
}
