// SPDX-License-Identifier: Apache-2.0
import Provisioning
import Registry
import TLS

extension CertificatesResource {
    static let schemas: [String: JSONValue] = [
        "Certificate": Schema.entity(
            "crt",
            [
                "names": Schema.array(of: Schema.certificateName),
                "common_name": Schema.nullable(Schema.certificateName),
                "subject": Schema.reference("Subject"),
                "key": Schema.object([
                    "algorithm": keyAlgorithm,
                    "source": Schema.oneOf(ManagedCertificate.KeySource.self),
                ]),
                "issuer": Schema.oneOf(ManagedCertificate.IssuedBy.self),
                "activation": Schema.oneOf(ManagedCertificate.Activation.self),
                "renew": Schema.object(["auto": Schema.bool, "until": Schema.nullable(Schema.time)]
                ),
                "state": Schema.oneOf(ManagedCertificate.Status.self),
                "current_version_id": Schema.nullable(Schema.id(of: CertificateVersion.self)),
                "open_issuance_id": Schema.nullable(Schema.id(of: Issuance.self)),
                "has_failed": Schema.bool,
                "expiry_notice": Schema.array(of: expiryNoticeDays),
                "client_reference": Schema.nullable(Schema.text()),
                "description": Schema.nullable(Schema.text()),
            ]),
        "Subject": Schema.object(subject),
        "SubjectDraft": Schema.object(subject, required: []),
        "CertificateDraft": Schema.object(
            [
                "names": Schema.described(
                    Schema.nullable(
                        Schema.array(
                            of: Schema.certificateName, max: ManagedCertificate.namesMax,
                            isUnique: true)),
                    "The first one is the common name. May be left out with a request."),
                "request": Schema.described(
                    Schema.nullable(Schema.reference("CertificationRequest")),
                    "Your own certification request: the certificate can be downloaded, not served."
                ),
                "subject": Schema.nullable(Schema.reference("SubjectDraft")),
                "key_algorithm": Schema.nullable(keyAlgorithm),
                "issuer": Schema.nullable(Schema.oneOf(ManagedCertificate.IssuedBy.self)),
                "activation": Schema.nullable(Schema.oneOf(ManagedCertificate.Activation.self)),
                "renew": renew,
                "expiry_notice": expiryNotice,
                "client_reference": Schema.nullable(Schema.reference("ShortText")),
                "description": Schema.nullable(Schema.reference("ShortText")),
                "start": Schema.described(
                    Schema.nullable(Schema.bool), "False: the issuance waits for /start."),
                "require_eligibility": Schema.described(
                    Schema.nullable(Schema.bool),
                    "True: names that do not lead here are declined at once."),
            ], required: []),
        "CertificateChange": Schema.object(
            [
                "renew": renew,
                "expiry_notice": expiryNotice,
                "client_reference": Schema.nullable(Schema.reference("ShortText")),
                "description": Schema.nullable(Schema.reference("ShortText")),
            ], required: []),
        "IssuanceDraft": Schema.object(
            [
                "reason": Schema.nullable(Schema.oneOf(IssuanceDraft.AskedReason.self)),
                "request": Schema.nullable(Schema.reference("CertificationRequest")),
                "key_algorithm": Schema.nullable(keyAlgorithm),
                "start": Schema.nullable(Schema.bool),
                "revoke_predecessor": Schema.nullable(Schema.bool),
            ], required: []),
    ]

    static let expiryNotice = Schema.described(
        Schema.nullable(
            Schema.array(of: expiryNoticeDays, max: ManagedCertificate.expiryNoticesMax)),
        "Days before the end at which the event version.expiring tells of it.")

    static let expiryNoticeDays = Schema.integer(ManagedCertificate.expiryNoticeDays)

    private static let keyAlgorithm: JSONValue = [
        "type": "string", "enum": .array(KeyKind.allCases.map { .string($0.word) }),
    ]

    private static let renew = Schema.nullable(
        Schema.object(
            [
                "auto": Schema.nullable(Schema.bool), "until": Schema.nullable(Schema.time),
            ], required: []))

    private static let subject: [String: JSONValue] = [
        "organization": subjectText, "organizational_unit": subjectText, "locality": subjectText,
        "state": subjectText, "country": Schema.nullable(Schema.text(pattern: "^[A-Z]{2}$")),
    ]

    private static let subjectText = Schema.nullable(
        Schema.text(max: ManagedCertificate.Subject.textMax))
}
