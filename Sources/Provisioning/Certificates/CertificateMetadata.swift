// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
package import TLS

/// What `certificate.json` says beside a chain and its key: where they came from and what is next.
///
/// Written for people and for us. It is believed only while `id` is the certificate's beside it: an
/// operator who copies another pair over ours has replaced what it describes.
package struct CertificateMetadata: Codable, Hashable, Sendable {
    /// SHA-256 of the certificate in hexadecimal, as `openssl x509 -fingerprint -sha256` shows it.
    package var id: String
    /// `Issuer.name`; nil for a pair that was copied in.
    package var issuer: String?
    package var names: [String]
    package var notBefore: Date
    package var notAfter: Date
    package var accountURL: String?
    package var orderURL: String?
    /// RFC 9773 §4.1.
    package var ariCertificateID: String?
    /// When it is to be renewed, as known when this was written.
    package var renewAt: Date?
    /// Since when the domain points elsewhere, so that it is not renewed.
    package var movedAt: Date?

    enum CodingKeys: String, CodingKey {
        case id
        case issuer
        case names
        case notBefore = "not_before"
        case notAfter = "not_after"
        case accountURL = "account_url"
        case orderURL = "order_url"
        case ariCertificateID = "ari_certificate_id"
        case renewAt = "renew_at"
        case movedAt = "moved_at"
    }

    /// What the certificate says of itself.
    package init(_ certificate: Certificate) {
        id = Self.id(of: certificate)
        names = certificate.names.map(\.text)
        notBefore = certificate.notBefore
        notAfter = certificate.notAfter
    }

    package static func id(of certificate: Certificate) -> String {
        Digest.sha256(certificate.der).map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0" + digits : digits
        }.joined()
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
