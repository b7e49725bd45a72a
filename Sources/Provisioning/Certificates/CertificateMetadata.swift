// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
package import TLS

/// What `certificate.json` says beside a chain and its key: where they came from and what is next.
///
/// Written for people and for us. It is believed only while `id` is the certificate's beside it: an
/// operator who copies another pair over ours has replaced what it describes.
package struct CertificateMetadata: Hashable, Sendable {
    /// SHA-256 of the certificate in hexadecimal, as `openssl x509 -fingerprint -sha256` shows it.
    package var id: String
    package var names: [String]
    package var notBefore: Date
    package var notAfter: Date
    package var provenance: Provenance

    package init(
        id: String, names: [CertificateName], notBefore: Date, notAfter: Date,
        provenance: Provenance
    ) {
        self.id = id
        self.names = names.map(\.text)
        self.notBefore = notBefore
        self.notAfter = notAfter
        self.provenance = provenance
    }

    /// Reads `certificate.json`; nil when it is not one, which costs no more than what it says.
    package init?(json: [UInt8]) {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        guard let metadata = try? decoder.decode(Self.self, from: Data(json)) else { return nil }
        self = metadata
    }

    /// The file's contents: a key a line, dates in ISO 8601.
    package var json: [UInt8] {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else {
            preconditionFailure("strings and dates have a form in JSON")
        }
        return Array(data) + [UInt8(ascii: "\n")]
    }
}

extension CertificateMetadata: Codable {
    private enum CodingKeys: String, CodingKey {
        case id
        case names
        case notBefore = "not_before"
        case notAfter = "not_after"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.decode(String.self, forKey: .id)
        names = try container.decode([String].self, forKey: .names)
        notBefore = try container.decode(Date.self, forKey: .notBefore)
        notAfter = try container.decode(Date.self, forKey: .notAfter)
        provenance = try Provenance(from: decoder)
    }

    package func encode(to encoder: any Encoder) throws {
        try provenance.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(names, forKey: .names)
        try container.encode(notBefore, forKey: .notBefore)
        try container.encode(notAfter, forKey: .notAfter)
    }
}
