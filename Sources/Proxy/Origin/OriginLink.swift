// SPDX-License-Identifier: Apache-2.0

/// A connection to an origin, as one exchange gets it.
enum OriginLink {
    /// For this exchange alone, until it gives it back.
    case http1(OriginConnection)
    /// Shared with others.
    case http2(HTTP2OriginConnection)
}
