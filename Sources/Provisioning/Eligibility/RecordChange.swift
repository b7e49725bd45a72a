// SPDX-License-Identifier: Apache-2.0

/// One record to add, change or remove, as a zone file has it.
package struct RecordChange: Sendable, Hashable, Codable {
    package var action: Action
    /// The owner, with its last dot.
    package var name: String
    package var type: String
    package var value: String

    package enum Action: String, Sendable, Codable {
        case add
        /// The record takes the place of all that the name has of its type.
        case change
        case remove
    }

    package init(_ action: Action, _ name: String, _ type: String, _ value: String) {
        self.action = action
        self.name = name
        self.type = type
        self.value = value
    }
}

extension RecordChange: CustomStringConvertible {
    /// The record alone: `shop.example.com. CNAME domains.saascompany.com.`
    package var description: String { "\(name) \(type) \(value)" }
}

extension [RecordChange] {
    /// A sentence that names them: `Remove: … Add: … and …`, each kind once.
    var sentence: String {
        let kinds: [(RecordChange.Action, String)] = [
            (.remove, "Remove"), (.change, "Change it to"), (.add, "Add"),
        ]
        let parts = kinds.compactMap { action, verb in
            let records = filter { $0.action == action }.map(\.description)
            return records.isEmpty ? nil : "\(verb): " + records.joined(separator: " and ")
        }
        return parts.joined(separator: " ")
    }
}
