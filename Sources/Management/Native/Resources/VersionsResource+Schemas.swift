// SPDX-License-Identifier: Apache-2.0
import Registry

extension VersionsResource {
    static let schemas: [String: JSONValue] = [
        "Version": Schema.entity(
            "ver",
            [
                "certificate_id": Schema.id(of: ManagedCertificate.self),
                "issuance_id": Schema.nullable(Schema.id(of: Issuance.self)),
                "state": Schema.oneOf(CertificateVersion.State.self),
                "source": Schema.oneOf(CertificateVersion.Source.self),
                "names": Schema.array(of: Schema.certificateName),
                "serial": Schema.nullable(Schema.text()),
                "fingerprint": Schema.nullable(Schema.text()),
                "key_fingerprint": Schema.nullable(Schema.text()),
                "not_before": Schema.nullable(Schema.time),
                "not_after": Schema.nullable(Schema.time),
                "has_key": Schema.bool,
                "issuer": Schema.nullable(Schema.text()),
                "revoked_at": Schema.nullable(Schema.time),
                "expiry_notice": Schema.array(of: CertificatesResource.expiryNoticeDays),
                "description": Schema.nullable(Schema.text()),
            ]),
        "VersionUpload": Schema.object(
            [
                "certificate": Schema.described(
                    Schema.reference("CertificatePEM"), "The leaf, with or without its issuers."),
                "issuers": Schema.nullable(Schema.reference("CertificatePEM")),
                "private_key": Schema.nullable(
                    Schema.text(max: JSONFields.documentMax, pattern: "PRIVATE KEY-----")),
                "issuance_id": Schema.described(
                    Schema.nullable(Schema.id(of: Issuance.self)),
                    "The issuance whose request was signed, in the place of the key."),
                "required_names": Schema.described(
                    Schema.nullable(
                        Schema.array(
                            of: Schema.certificateName, max: ManagedCertificate.namesMax,
                            isUnique: true)),
                    "Names that it has to be good for."),
                "activation": Schema.nullable(Schema.oneOf(ManagedCertificate.Activation.self)),
                "expiry_notice": CertificatesResource.expiryNotice,
                "client_reference": Schema.nullable(Schema.reference("ShortText")),
                "description": Schema.nullable(Schema.reference("ShortText")),
            ], required: ["certificate"]),
        "Revocation": Schema.object(
            ["reason": Schema.nullable(Schema.oneOf(RevocationWord.self))], required: []),
    ]
}
