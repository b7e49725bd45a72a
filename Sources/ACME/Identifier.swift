// SPDX-License-Identifier: Apache-2.0
package import TLS

/// What an order asks for and an authorization is about (RFC 8555 §9.7.7).
package struct Identifier: Codable, Hashable, Sendable, CustomStringConvertible {
    /// "dns" in all that we order.
    package let type: String
    package let value: String

    package init(type: String, value: String) {
        self.type = type
        self.value = value
    }

    /// A wildcard is ordered as `*.example.com` (RFC 8555 §7.1.3).
    package init(_ name: CertificateName) {
        self.init(type: "dns", value: name.text)
    }

    package var description: String { type == "dns" ? value : "\(type):\(value)" }
}
