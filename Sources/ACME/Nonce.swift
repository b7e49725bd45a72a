// SPDX-License-Identifier: Apache-2.0
import TLS

/// What makes a request good for one use (RFC 8555 §6.5).
package struct Nonce: Hashable, Sendable {
    package let text: String

    /// Nil when it is not base64url: such a value must be ignored (RFC 8555 §6.5.1).
    package init?(_ text: String) {
        guard !text.isEmpty, text.utf8.count <= 512, text.utf8.allSatisfy(Base64URL.isDigit) else {
            return nil
        }
        self.text = text
    }
}

/// Nonces from the CA's answers, each given out once, the freshest first: CAs forget old ones.
package struct NoncePool: Sendable {
    private var nonces: [Nonce] = []

    package init() {}

    package mutating func add(_ nonce: Nonce) {
        if nonces.count == Self.countMax { nonces.removeFirst() }
        nonces.append(nonce)
    }

    package mutating func take() -> Nonce? {
        nonces.popLast()
    }

    package mutating func removeAll() {
        nonces.removeAll()
    }

    package var count: Int { nonces.count }

    /// As many as requests of ours are likely to be under way.
    package static let countMax = 256
}

extension Base64URL {
    /// Whether `byte` may stand in unpadded base64url text.
    static func isDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
