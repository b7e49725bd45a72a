// SPDX-License-Identifier: Apache-2.0
package import TLS

/// A certificate's name in renewal information and in `replaces` (RFC 9773 §4.1): the authority key
/// identifier and the serial number, both as base64url, a period between.
package struct CertificateID: Codable, Hashable, Sendable, CustomStringConvertible {
    package let text: String

    /// Nil when the certificate names no authority key.
    package init?(_ certificate: Certificate) {
        guard let text = certificate.renewalIdentifier else { return nil }
        self.text = text
    }

    /// Nil unless it is two parts of base64url: it becomes part of a path.
    package init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, text.utf8.count <= 512,
            parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(Base64URL.isDigit) })
        else { return nil }
        self.text = text
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let id = Self(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "not a certificate identifier")
        }
        self = id
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    package var description: String { text }
}
