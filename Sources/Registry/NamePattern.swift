// SPDX-License-Identifier: Apache-2.0
package import TLS

/// Names that are alike: `shop*.customer.com`, where a star stands for any characters, or none. A wildcard
/// certificate's own star is such a character.
package struct NamePattern: Hashable, Sendable {
    /// What stands between the stars, in lower case.
    private let parts: [String]

    package init(_ text: String) {
        parts = text.lowercased().split(separator: "*", omittingEmptySubsequences: false)
            .map(String.init)
    }

    /// Names with `text` somewhere in them.
    package init(containing text: String) {
        parts = ["", text.lowercased(), ""]
    }

    package func matches(_ name: CertificateName) -> Bool { matches(name.text) }

    func matches(_ name: String) -> Bool {
        var rest = name[...]
        guard let first = parts.first, rest.hasPrefix(first) else { return false }
        guard parts.count > 1, let last = parts.last else { return rest.count == first.count }
        rest = rest.dropFirst(first.count)
        // The leftmost place for each part leaves the most for those behind it.
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let found = rest.firstRange(of: part) else { return false }
            rest = rest[found.upperBound...]
        }
        return rest.hasSuffix(last)
    }
}
