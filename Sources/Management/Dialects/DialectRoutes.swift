// SPDX-License-Identifier: Apache-2.0

/// The calls that a dialect knows.
struct DialectRoutes<Dialect: Sendable>: Sendable {
    typealias Answer =
        @Sendable (Dialect, DialectCall) async throws -> ManagementResponse

    /// One call: `GET domains/:domain/certificates`. A part that begins with a colon stands for any
    /// segment, and its value is found in `DialectCall.parts`.
    struct Route: Sendable {
        let method: String
        let pattern: [Substring]
        /// What the client has to be allowed; nil: nothing in particular.
        let scope: ManagementClient.Scope?
        let answer: Answer

        init(
            _ method: String, _ pattern: String, _ scope: ManagementClient.Scope?,
            _ answer: @escaping Answer
        ) {
            self.method = method
            self.pattern = pattern.split(separator: "/")
            self.scope = scope
            self.answer = answer
        }

        /// The variable parts, where the path is of this pattern.
        func parts(of segments: ArraySlice<String>) -> [String]? {
            guard segments.count == pattern.count else { return nil }
            var parts: [String] = []
            for (part, segment) in zip(pattern, segments) {
                if part.hasPrefix(":") {
                    parts.append(segment)
                } else if part != segment {
                    return nil
                }
            }
            return parts
        }
    }

    let routes: [Route]

    /// The call that is meant, and the variable parts of its path.
    func match(
        _ method: String, _ segments: ArraySlice<String>
    ) throws(DialectFault) -> (Route, [String]) {
        var allowed: [String] = []
        for route in routes {
            guard let parts = route.parts(of: segments) else { continue }
            if route.method == method { return (route, parts) }
            if !allowed.contains(route.method) { allowed.append(route.method) }
        }
        throw allowed.isEmpty
            ? .noSuchCall : .methodNotAllowed(allow: allowed.joined(separator: ", "))
    }
}
