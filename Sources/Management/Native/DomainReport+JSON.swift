// SPDX-License-Identifier: Apache-2.0
import Provisioning
import Registry
import TLS

extension DomainReport {
    /// As the API shows it.
    var json: JSONValue {
        var cause: JSONValue = .null
        var blame: JSONValue = .null
        var changes: [JSONValue] = []
        if case .ineligible(let why) = routing {
            cause = .string(why.cause.rawValue)
            blame = .string(why.cause.blame.rawValue)
            changes = why.changes.map(\.json)
        }
        return [
            "name": .string(name.text), "eligible": .bool(isEligible), "served": .bool(isServed),
            "routing": [
                "eligible": .bool(cause == .null), "cause": cause, "blame": blame,
                "advice": .string(advice), "changes": .array(changes),
                "evidence": .array(routing.evidence.lines.map { .string($0) }),
            ],
            "delegation": delegation.json,
            "persistence": persistence.json,
        ]
    }
}

extension DelegationReport {
    var json: JSONValue {
        [
            "from": .string(delegation.from), "to": JSONValue(delegation.to),
            "in_place": .bool(isInPlace), "found": .array(found.map { .string($0) }),
            "trouble": JSONValue(trouble),
        ]
    }
}

extension PersistenceReport {
    var json: JSONValue {
        [
            "owner": .string(owner), "expected": .array(expected.map { .string($0) }),
            "found": .array(found.map { .string($0) }), "in_place": .bool(isInPlace),
        ]
    }
}

extension RecordChange {
    var json: JSONValue {
        [
            "action": .string(action.rawValue), "name": .string(name), "type": .string(type),
            "value": .string(value),
        ]
    }
}
