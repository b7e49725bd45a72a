// SPDX-License-Identifier: Apache-2.0
import Registry

extension IssuancesResource {
    static let schemas: [String: JSONValue] = [
        "Issuance": Schema.entity(
            "iss",
            [
                "certificate_id": Schema.id(of: ManagedCertificate.self),
                "version_id": Schema.id(of: CertificateVersion.self),
                "reason": Schema.oneOf(Issuance.Reason.self),
                "state": Schema.oneOf(Issuance.State.self),
                "failure": Schema.nullable(
                    Schema.object([
                        "code": Schema.text(), "detail": Schema.text(),
                        "name": Schema.nullable(Schema.certificateName), "blame": Schema.text(),
                    ])),
                "failed_attempts": Schema.described(
                    Schema.integer(0...Int(Int32.max)),
                    "Attempts that failed for what may pass, each followed by another: `failure` is "
                        + "why the last one did."),
                "next_attempt_at": Schema.described(
                    Schema.nullable(Schema.time),
                    "When it is attempted again by itself; `retry` does so at once."),
                "authorizations": Schema.array(of: authorization),
                "has_request": Schema.bool,
                "revokes_id": Schema.nullable(Schema.id(of: CertificateVersion.self)),
                "started_at": Schema.nullable(Schema.time),
                "ended_at": Schema.nullable(Schema.time),
                "request_id": Schema.text(),
            ]),
        "SignedChain": Schema.object(
            [
                "certificate": Schema.reference("CertificatePEM"),
                "issuers": Schema.nullable(Schema.reference("CertificatePEM")),
                "expiry_notice": CertificatesResource.expiryNotice,
                "description": Schema.nullable(Schema.reference("ShortText")),
            ], required: ["certificate"]),
        "Inspection": Schema.object(["request": Schema.reference("CertificationRequest")]),
        "RequestReport": Schema.object([
            "names": Schema.array(of: Schema.certificateName),
            "common_name": Schema.nullable(Schema.text()),
            "subject": Schema.reference("Subject"),
            "key": Schema.object([
                "algorithm": Schema.text(), "bits": Schema.integer(0...65536),
                "fingerprint": Schema.text(),
            ]),
            "signature_algorithm": Schema.text(),
            "reports": Schema.array(of: Schema.reference("DomainReport")),
        ]),
    ]

    private static let authorization = Schema.object([
        "name": Schema.certificateName, "method": Schema.nullable(Schema.text()),
        "state": Schema.oneOf(AuthorizationProgress.State.self),
        "delegation": Schema.reference("Delegation"),
        "error": Schema.nullable(Schema.text()),
    ])
}
