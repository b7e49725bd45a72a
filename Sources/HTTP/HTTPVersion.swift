// SPDX-License-Identifier: Apache-2.0

/// The HTTP version of a message; 1.2 to 1.9 are read as 1.1 (RFC 9110 §2.5).
package enum HTTPVersion: UInt8, Comparable, Sendable {
    case http10, http11, http2

    package static func < (left: HTTPVersion, right: HTTPVersion) -> Bool {
        left.rawValue < right.rawValue
    }
}
