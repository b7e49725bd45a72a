// SPDX-License-Identifier: Apache-2.0
import Storage
import TLS

extension [CertificateName] {
    /// Whether the key, one of the index by name, is that of the first name that is wanted, in the order of
    /// the keys. An object stands there once for each of its names, and a list is to show it once.
    func isFirst(
        at key: RecordKey, where isWanted: (CertificateName) -> Bool
    ) -> Bool {
        // In a key a slash follows the name, and a wildcard's asterisk comes before it.
        let first = filter(isWanted).map { $0.reversed + "/" }.min {
            $0.utf8.lexicographicallyPrecedes($1.utf8)
        }
        return first.map { $0.dropLast() == key.indexedPart } ?? false
    }
}

extension ServerName {
    /// Whether a name lies within this domain, or is it.
    func contains(_ name: CertificateName) -> Bool { name.reversed.hasPrefix(reversed) }
}

extension RecordKey {
    /// Of a key of the index by name, whose last part is a number: the name.
    var indexedName: String { reversed(indexedPart) }

    /// Of a key of an account's domains: the name.
    var indexedDomain: String { reversed(text.split(separator: "/").last ?? "") }

    /// A name from its last label on.
    fileprivate var indexedPart: Substring { text.split(separator: "/").dropLast().last ?? "" }

    private func reversed(_ name: Substring) -> String {
        name.split(separator: ".").reversed().joined(separator: ".")
    }
}
