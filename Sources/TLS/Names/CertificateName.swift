// SPDX-License-Identifier: Apache-2.0

/// A DNS name as a certificate carries it: a host, or a wildcard for one label (RFC 9525 §6.3).
package enum CertificateName: Hashable, Sendable {
    case exact(ServerName)
    /// `*.example.com` is `.wildcard(of: example.com)`.
    case wildcard(of: ServerName)

    /// Reads `example.com` or `*.example.com`; a wildcard anywhere else is refused, and so is
    /// one directly under a top-level domain.
    package init?(_ text: String) {
        self.init(utf8: text.utf8)
    }

    /// Reads a name from ASCII bytes.
    package init?(_ bytes: Span<UInt8>) {
        let name = bytes.withUnsafeBufferPointer { CertificateName(utf8: $0) }
        guard let name else { return nil }
        self = name
    }

    init?(utf8 bytes: some BidirectionalCollection<UInt8>) {
        if bytes.starts(with: "*.".utf8) {
            guard let parent = ServerName(utf8: bytes.dropFirst(2)) else { return nil }
            self = .wildcard(of: parent)
        } else {
            guard let name = ServerName(utf8: bytes) else { return nil }
            self = .exact(name)
        }
    }

    /// Whether a certificate with this name is good for `name`.
    package func covers(_ name: ServerName) -> Bool {
        switch self {
        case .exact(let own): own == name
        case .wildcard(of: let parent): name.parent == parent
        }
    }

    /// The host, or that which the wildcard stands below: control over it is what a CA has proven.
    package var base: ServerName {
        switch self {
        case .exact(let name), .wildcard(of: let name): name
        }
    }

    package var isWildcard: Bool {
        if case .wildcard = self { true } else { false }
    }

    package var text: String {
        switch self {
        case .exact(let name): name.text
        case .wildcard(of: let parent): "*.\(parent.text)"
        }
    }
}

extension CertificateName: CustomStringConvertible {
    package var description: String { text }
}

extension CertificateName: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let name = CertificateName(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "not a name of a certificate")
        }
        self = name
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
