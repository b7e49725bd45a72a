// SPDX-License-Identifier: Apache-2.0
import Storage
import TLS

/// A place in an index, as text that clients carry to and fro.
struct RecordCursor {
    /// The key without the index's prefix: a cursor leads nowhere else.
    let rest: String

    init(rest: String) {
        self.rest = rest
    }

    /// Nil for what we have not written.
    init?(_ text: String) {
        guard PageRequest.isCursor(text), let bytes = Base64URL.decode(text) else { return nil }
        rest = String(decoding: bytes, as: UTF8.self)
    }

    var text: String { Base64URL.encode(Array(rest.utf8)) }

    /// Nil for what we have not written.
    func key(under prefix: String) -> RecordKey? {
        rest.isEmpty ? nil : RecordKey(prefix + rest)
    }
}
