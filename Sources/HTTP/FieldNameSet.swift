// SPDX-License-Identifier: Apache-2.0

/// A set of known field names, in one word.
package struct FieldNameSet: ExpressibleByArrayLiteral, Equatable, Sendable {
    private var bits: UInt64 = 0

    package init(arrayLiteral names: FieldName...) {
        for name in names { insert(name) }
    }

    package func contains(_ name: FieldName) -> Bool {
        bits & (1 << UInt64(name.rawValue)) != 0
    }

    package mutating func insert(_ name: FieldName) {
        bits |= 1 << UInt64(name.rawValue)
    }

    package func intersects(_ other: FieldNameSet) -> Bool {
        bits & other.bits != 0
    }
}

extension FieldNameSet {
    /// What concerns one connection and is never forwarded (RFC 9110 §7.6.1); what the
    /// Connection field names comes on top.
    package static let hopByHop: FieldNameSet = [
        .connection, .keepAlive, .proxyConnection, .te, .transferEncoding, .upgrade,
        .http2Settings, .proxyAuthorization, .proxyAuthenticate, .proxyAuthenticationInfo,
    ]

    /// What a Connection field cannot make us drop: it says where a message ends and whom it is
    /// for.
    static let neverNominated: FieldNameSet = [.host, .contentLength, .transferEncoding]

    /// What may not come in a trailer section, because it should have been known before the
    /// content: framing, routing, authentication, conditions, response control, content format
    /// (RFC 9110 §6.5.1).
    package static let forbiddenInTrailers: FieldNameSet = [
        .host, .contentLength, .transferEncoding, .connection, .keepAlive, .proxyConnection, .te,
        .trailer, .upgrade, .http2Settings, .expect, .maxForwards, .xForwardedFor,
        .xForwardedProto, .xForwardedHost, .xForwardedPort, .xRequestID, .xRealIP, .forwarded,
        .date, .location, .retryAfter, .cookie, .setCookie, .authorization, .wwwAuthenticate,
        .authenticationInfo, .proxyAuthorization, .proxyAuthenticate, .proxyAuthenticationInfo,
        .contentType, .contentEncoding, .contentRange, .range, .cacheControl, .age, .expires,
        .vary, .pragma, .warning, .ifMatch, .ifNoneMatch, .ifModifiedSince, .ifUnmodifiedSince,
        .ifRange, .strictTransportSecurity, .altSvc, .secWebSocketKey, .secWebSocketAccept,
    ]
}
