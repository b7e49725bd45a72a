// SPDX-License-Identifier: Apache-2.0
package import HTTP

/// The address of one of the CA's resources, spelled as the CA spells it: a signature covers the
/// text (RFC 8555 §6.4), so it must not be normalized.
package struct ResourceURL: Codable, Hashable, Sendable, CustomStringConvertible {
    package let text: String
    package let url: HTTPURL

    package init?(_ text: String) {
        guard text.utf8.count <= Self.bytesMax, let url = HTTPURL(text) else { return nil }
        self.text = text
        self.url = url
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let value = Self(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "not an http or https address: \(text.prefix(100))"
            )
        }
        self = value
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    package var description: String { text }

    private static let bytesMax = 4096
}
