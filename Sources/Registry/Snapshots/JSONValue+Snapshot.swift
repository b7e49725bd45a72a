// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
package import TLS

/// Values as the native API writes them.
extension JSONValue {
    /// `2026-11-21T20:35:14Z`; null for none.
    package init(_ date: Date?) {
        guard let date else {
            self = .null
            return
        }
        self = .string(date.formatted(Date.ISO8601FormatStyle()))
    }

    package init(_ text: String?) {
        self = text.map { .string($0) } ?? .null
    }

    /// `dom_12`; null for none.
    package init<Kind: Numbered>(_ number: ObjectNumber<Kind>?) {
        self.init(number?.identifier)
    }

    package init(_ names: [CertificateName]) {
        self = .array(names.map { .string($0.text) })
    }

    package init(_ texts: [String]) {
        self = .array(texts.map { .string($0) })
    }
}

extension RegistryObject {
    /// What every snapshot has.
    func snapshot(_ members: [String: JSONValue]) -> JSONValue {
        var object = members
        object["id"] = JSONValue(number)
        object["generation"] = .integer(generation)
        object["created_at"] = JSONValue(createdAt)
        object["updated_at"] = JSONValue(updatedAt)
        return .object(object)
    }
}

extension JSONValue {
    /// Names of the members that are not as they were, in their order; of objects within, too:
    /// `renew.auto`.
    func changes(since earlier: JSONValue) -> [String] {
        guard case .object(let members) = self, case .object(let before) = earlier else {
            return []
        }
        return members.keys.sorted().flatMap { name -> [String] in
            guard let value = members[name], value != before[name] else { return [] }
            let within = value.changes(since: before[name] ?? .null)
            return within.isEmpty ? [name] : within.map { "\(name).\($0)" }
        }
    }
}
