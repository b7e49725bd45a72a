// SPDX-License-Identifier: Apache-2.0

/// The field names that we act on; every other one is `other` and kept as it was spelled.
///
/// Recognised once, when a field is parsed or appended, so that nobody compares names after that.
package enum FieldName: UInt8, CaseIterable, Sendable {
    // Framing and hop-by-hop (RFC 9110 §7.6.1, RFC 9112 §6).
    case host, contentLength, transferEncoding, connection, keepAlive, proxyConnection, te,
        trailer, upgrade, http2Settings
    // Expectation and routing.
    case expect, maxForwards
    // Forwarding.
    case xForwardedFor, xForwardedProto, xForwardedHost, xForwardedPort, xRequestID, xRealIP,
        forwarded, via
    // Responses.
    case date, server, location, retryAfter
    // State and authentication.
    case cookie, setCookie, authorization, wwwAuthenticate, authenticationInfo,
        proxyAuthorization, proxyAuthenticate, proxyAuthenticationInfo
    // Content.
    case contentType, contentEncoding, contentRange, range
    // Caching and conditions.
    case cacheControl, age, expires, vary, pragma, warning, ifMatch, ifNoneMatch,
        ifModifiedSince, ifUnmodifiedSince, ifRange
    // Others that we set or read.
    case accept, userAgent, strictTransportSecurity, altSvc, secWebSocketKey,
        secWebSocketAccept
    // Anything else.
    case other

    /// The name as it is usually spelled; empty for `other`.
    package var text: String {
        self == .other ? "" : Self.spellings[Int(rawValue)]
    }

    private static let spellings: [String] = [
        "Host", "Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive",
        "Proxy-Connection", "TE", "Trailer", "Upgrade", "HTTP2-Settings", "Expect",
        "Max-Forwards", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host",
        "X-Forwarded-Port", "X-Request-Id", "X-Real-IP", "Forwarded", "Via", "Date", "Server",
        "Location", "Retry-After", "Cookie", "Set-Cookie", "Authorization", "WWW-Authenticate",
        "Authentication-Info", "Proxy-Authorization", "Proxy-Authenticate",
        "Proxy-Authentication-Info", "Content-Type", "Content-Encoding", "Content-Range", "Range",
        "Cache-Control", "Age", "Expires", "Vary", "Pragma", "Warning", "If-Match",
        "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "If-Range", "Accept",
        "User-Agent", "Strict-Transport-Security", "Alt-Svc", "Sec-WebSocket-Key",
        "Sec-WebSocket-Accept",
    ]
}
