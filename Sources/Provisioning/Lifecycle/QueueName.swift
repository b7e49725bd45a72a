// SPDX-License-Identifier: Apache-2.0
import TLS

/// What a poll queue is called: its clients choose.
package struct QueueName: Hashable, Sendable {
    package let text: String

    /// As a regular expression.
    package static var pattern: String { "^[A-Za-z0-9_-]{1,\(bytesMax)}$" }
    package static var bytesMax: Int { 64 }

    /// Nil unless it is 1 to `bytesMax` letters, digits, `-` and `_`.
    package init?(_ text: String) {
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        guard isPlain, (1...Self.bytesMax).contains(text.utf8.count) else { return nil }
        self.text = text
    }

    /// The queue that a dialect keeps for one of its clients, whatever that is called: for its dot no client
    /// of the native API can name it.
    package init(of dialect: String, for client: String) {
        let digest = Digest.sha256(Array(client.utf8))
        text = "\(dialect)." + Digest.hexadecimal(Array(digest.prefix(16)))
    }
}
