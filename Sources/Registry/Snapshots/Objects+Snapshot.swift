// SPDX-License-Identifier: Apache-2.0
import TLS

extension Domain {
    package var snapshot: JSONValue {
        snapshot([
            "name": .string(name.text),
            "state": .string(state.rawValue),
            "source": .string(source.rawValue),
            "application_urls": JSONValue(applicationURLs),
            "certificate_id": JSONValue(certificate),
            "client_reference": JSONValue(clientReference),
        ])
    }
}

extension Issuance {
    package var snapshot: JSONValue {
        snapshot([
            "certificate_id": JSONValue(certificate),
            "version_id": JSONValue(version),
            "reason": .string(reason.rawValue),
            "state": .string(state.rawValue),
            "failure": failure.map(\.snapshot) ?? .null,
            "failed_attempts": .integer(attempts?.count ?? 0),
            "next_attempt_at": JSONValue(attempts?.next),
            "authorizations": .array(authorizations.map(\.snapshot)),
            "has_request": .bool(request != nil),
            "revokes_id": JSONValue(revokes),
            "started_at": JSONValue(startedAt),
            "ended_at": JSONValue(endedAt),
            "request_id": .string(requestID),
        ])
    }
}

extension Issuance.Failure {
    package var snapshot: JSONValue {
        [
            "code": .string(code), "detail": .string(detail), "name": JSONValue(name?.text),
            "blame": .string(blame),
        ]
    }
}

extension AuthorizationProgress {
    package var snapshot: JSONValue {
        [
            "name": .string(name.text), "method": JSONValue(method),
            "state": .string(state.rawValue), "delegation": delegation.snapshot,
            "error": JSONValue(error),
        ]
    }
}

extension Delegation {
    package var snapshot: JSONValue {
        ["type": "CNAME", "from": .string(from), "to": JSONValue(to)]
    }
}

extension CertificateVersion {
    /// Without the chain, which is downloaded.
    package var snapshot: JSONValue {
        snapshot([
            "certificate_id": JSONValue(certificate),
            "issuance_id": JSONValue(issuance),
            "state": .string(state.rawValue),
            "source": .string(source.rawValue),
            "names": JSONValue(names),
            "serial": JSONValue(serial),
            "fingerprint": JSONValue(fingerprint),
            "key_fingerprint": JSONValue(keyFingerprint),
            "not_before": JSONValue(notBefore),
            "not_after": JSONValue(notAfter),
            "has_key": .bool(hasKey),
            "issuer": JSONValue(issuer),
            "revoked_at": JSONValue(revokedAt),
            "expiry_notice": .array(expiryNotice.map { .integer($0) }),
            "description": JSONValue(description),
        ])
    }
}

extension Webhook {
    /// Without the secret.
    package var snapshot: JSONValue {
        snapshot([
            "url": .string(url),
            "format": .string(format.rawValue),
            "types": JSONValue(types.map(\.rawValue)),
            "suppressed_at": JSONValue(suppressedAt),
            "failures_in_a_row": .integer(failuresInARow),
            "client_reference": JSONValue(clientReference),
        ])
    }
}

extension Contact {
    /// Without what is said of a person: events are kept for longer than contacts.
    package var snapshot: JSONValue { snapshot([:]) }
}
