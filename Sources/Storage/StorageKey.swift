// SPDX-License-Identifier: Apache-2.0

/// Where a few files that belong together are kept: `domains/shop.example.com`.
///
/// Both parts are checked, so that no key leads out of the store or to a hidden directory.
package struct StorageKey: Hashable, Sendable, CustomStringConvertible {
    /// What kind of thing it is: `domains`, `accounts`.
    package let collection: String
    /// Which one.
    package let name: String

    /// Nil unless both parts are 1 to 255 letters, digits and `-._*`, and begin with no dot.
    package init?(_ collection: String, _ name: String) {
        guard Self.isComponent(collection), Self.isComponent(name) else { return nil }
        self.collection = collection
        self.name = name
    }

    package var description: String { "\(collection)/\(name)" }

    static func isComponent(_ text: String) -> Bool {
        let bytes = text.utf8
        guard (1...255).contains(bytes.count), bytes.first != UInt8(ascii: ".") else {
            return false
        }
        return bytes.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "*"):
                true
            default: false
            }
        }
    }
}
