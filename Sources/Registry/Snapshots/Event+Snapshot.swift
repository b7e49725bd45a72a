// SPDX-License-Identifier: Apache-2.0

extension Event {
    /// As the native API and its webhooks show it.
    package var snapshot: JSONValue {
        [
            "id": .string(number.identifier), "type": .string(kind.rawValue),
            "subject": [
                "type": .string(subject.kind.rawValue), "id": JSONValue(subject.identifier),
                "name": .string(subject.name),
            ],
            "cause": .string(cause.rawValue), "actor": .string(actor),
            "request_id": .string(requestID), "at": JSONValue(at), "data": data,
        ]
    }
}

extension Event.Subject {
    /// `dom_12`; nil for what has no number.
    package var identifier: String? {
        switch kind {
        case .domain: ObjectNumber<Domain>(number)?.identifier
        case .certificate: ObjectNumber<ManagedCertificate>(number)?.identifier
        case .issuance: ObjectNumber<Issuance>(number)?.identifier
        case .version: ObjectNumber<CertificateVersion>(number)?.identifier
        case .site: ObjectNumber<Site>(number)?.identifier
        case .webhook: ObjectNumber<Webhook>(number)?.identifier
        case .contact: ObjectNumber<Contact>(number)?.identifier
        case .queue, .client: nil
        }
    }
}
