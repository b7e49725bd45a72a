// SPDX-License-Identifier: Apache-2.0

/// What a CA says when it says no (RFC 8555 §6.7, RFC 9457).
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

    package init(type: String, detail: String? = nil, status: Int? = nil) {
        self.type = type
        self.detail = detail
        self.status = status
        subproblems = []
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
    private enum Member: String, CodingKey {
        case type, title, detail, status, instance, identifier, subproblems
    }

    /// A member of the wrong kind is as good as missing: what a CA says about a failure must not
    /// fail to be heard.
    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Member.self)
        func member<Value: Decodable>(_ name: Member) -> Value? {
            try? members.decodeIfPresent(Value.self, forKey: name)
        }
        type = member(.type) ?? Self.blank
        title = member(.title)
        detail = member(.detail)
        status = member(.status)
        instance = member(.instance)
        identifier = member(.identifier)
        subproblems = member(.subproblems) ?? []
    }

    package func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: Member.self)
        try members.encode(type, forKey: .type)
        try members.encodeIfPresent(title, forKey: .title)
        try members.encodeIfPresent(detail, forKey: .detail)
        try members.encodeIfPresent(status, forKey: .status)
        try members.encodeIfPresent(instance, forKey: .instance)
        try members.encodeIfPresent(identifier, forKey: .identifier)
        if !subproblems.isEmpty { try members.encode(subproblems, forKey: .subproblems) }
    }
}
