// SPDX-License-Identifier: Apache-2.0

/// How the end of a body is known (RFC 9112 §6.3).
package enum BodyFraming: Equatable, Sendable {
    /// There is none.
    case none
    /// Exactly so many bytes.
    case length(UInt64)
    /// In chunks, with trailers perhaps.
    case chunked
    /// All that comes until the peer closes: responses only.
    case untilClose
}
