// SPDX-License-Identifier: Apache-2.0
package import TLS

extension ManagedCertificate {
    /// Without its `state`, which is derived from more than the certificate: `snapshot(status:)` has it.
    package var snapshot: JSONValue { snapshot(members) }

    package func snapshot(status: Status) -> JSONValue {
        var members = members
        members["state"] = .string(status.rawValue)
        return snapshot(members)
    }

    private var members: [String: JSONValue] {
        [
            "names": JSONValue(names),
            "common_name": JSONValue(names.first?.text),
            "subject": subject.snapshot,
            "key": ["algorithm": .string(keyKind.word), "source": .string(keySource.rawValue)],
            "issuer": .string(issuer.rawValue),
            "activation": .string(activation.rawValue),
            "renew": ["auto": .bool(renewsItself), "until": JSONValue(renewsUntil)],
            "current_version_id": JSONValue(currentVersion),
            "open_issuance_id": JSONValue(openIssuance),
            "has_failed": .bool(hasFailed),
            "expiry_notice": .array(expiryNotice.map { .integer($0) }),
            "client_reference": JSONValue(clientReference),
            "description": JSONValue(description),
        ]
    }
}

extension ManagedCertificate.Subject {
    package var snapshot: JSONValue {
        [
            "organization": JSONValue(organization),
            "organizational_unit": JSONValue(organizationalUnit),
            "locality": JSONValue(locality), "state": JSONValue(state),
            "country": JSONValue(country),
        ]
    }
}

extension KeyKind {
    /// As the native API spells it: `ecdsa-p256`, `rsa-2048`.
    package var word: String {
        switch self {
        case .p256: "ecdsa-p256"
        case .rsa2048: "rsa-2048"
        }
    }

    package init?(word: String) {
        guard let kind = Self.allCases.first(where: { $0.word == word }) else { return nil }
        self = kind
    }
}
