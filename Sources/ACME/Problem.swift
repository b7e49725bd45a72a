// SPDX-License-Identifier: Apache-2.0

/// What a CA says when it says no (RFC 8555 §6.7, RFC 9457), kept whole.
package struct Problem: Codable, Hashable, Sendable, CustomStringConvertible {
    package var type: String
    package var title: String?
    /// Meant for people: shown unchanged.
    package var detail: String?
    package var status: Int?
    package var instance: String?
    /// What a subproblem is about.
    package var identifier: Identifier?
    package var subproblems: [Problem]
    /// Members that neither standard defines.
    package var others: [String: JSONValue]

    package init(type: String, detail: String? = nil, status: Int? = nil) {
        self.type = type
        self.detail = detail
        self.status = status
        subproblems = []
        others = [:]
    }

    /// The error's name in ACME's namespace: "badNonce", "rateLimited"; nil for foreign types.
    package var name: String? {
        type.hasPrefix(Self.namespace) ? String(type.dropFirst(Self.namespace.count)) : nil
    }

    package var description: String {
        let what = name ?? (type == Self.blank ? title ?? "error" : type)
        let own = detail.map { "\(what): \($0)" } ?? what
        guard !subproblems.isEmpty else { return own }
        let parts = subproblems.map { part in
            part.identifier.map { "\($0): \(part)" } ?? part.description
        }
        return "\(own) (\(parts.joined(separator: "; ")))"
    }

    private static let namespace = "urn:ietf:params:acme:error:"
    private static let blank = "about:blank"
}

extension Problem {
    private static let defined: Set<String> = [
        "type", "title", "detail", "status", "instance", "identifier", "subproblems",
    ]

    /// A member of the wrong kind is as good as missing: what a CA says about a failure must not
    /// fail to be heard.
    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: MemberName.self)
        func member<Value: Decodable>(_ name: String) -> Value? {
            try? members.decodeIfPresent(Value.self, forKey: MemberName(stringValue: name))
        }
        type = member("type") ?? Self.blank
        title = member("title")
        detail = member("detail")
        status = member("status")
        instance = member("instance")
        identifier = member("identifier")
        subproblems = member("subproblems") ?? []
        others = [:]
        for key in members.allKeys where !Self.defined.contains(key.stringValue) {
            others[key.stringValue] = member(key.stringValue)
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: MemberName.self)
        func put(_ value: (some Encodable)?, _ name: String) throws {
            try members.encodeIfPresent(value, forKey: MemberName(stringValue: name))
        }
        try put(type, "type")
        try put(title, "title")
        try put(detail, "detail")
        try put(status, "status")
        try put(instance, "instance")
        try put(identifier, "identifier")
        try put(subproblems.isEmpty ? nil : subproblems, "subproblems")
        for (name, value) in others { try put(value, name) }
    }
}
