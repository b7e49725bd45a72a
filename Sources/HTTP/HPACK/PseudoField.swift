// SPDX-License-Identifier: Apache-2.0
import Networking

/// The pseudo-header fields of RFC 9113 §8.3 and RFC 8441 §4.
enum PseudoField: UInt8, CaseIterable, Sendable {
    case method, scheme, authority, path, status, protocolName

    /// Recognises a name that begins with a colon.
    init?(_ name: Span<UInt8>) {
        for field in Self.allCases where field.text.utf8.span.holdsSame(as: name) {
            self = field
            return
        }
        return nil
    }

    /// The name with its colon.
    var text: String {
        switch self {
        case .method: ":method"
        case .scheme: ":scheme"
        case .authority: ":authority"
        case .path: ":path"
        case .status: ":status"
        case .protocolName: ":protocol"
        }
    }
}
