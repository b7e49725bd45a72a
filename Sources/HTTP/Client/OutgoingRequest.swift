// SPDX-License-Identifier: Apache-2.0
import Networking

/// A `ClientRequest` in the form it is sent in, checked.
struct OutgoingRequest {
    let method: Method
    /// Head and body.
    let bytes: [UInt8]

    /// What the client writes itself, and what would break the framing.
    private static let reserved: FieldNameSet = [
        .host, .contentLength, .transferEncoding, .connection, .upgrade, .te, .trailer, .expect,
        .keepAlive, .proxyConnection, .http2Settings,
    ]

    init(_ request: ClientRequest, userAgent: String) throws(HTTPClientError) {
        method = Method(request.method)
        guard Fields.isValidName(request.method.utf8.span), method != .connect else {
            throw .unsendable(reason: "the method \(request.method)")
        }
        var head = "\(request.method) \(request.url.target) HTTP/1.1\r\n"
        head += "Host: \(request.url.authority)\r\n"
        var hasUserAgent = false
        for (name, value) in request.fields {
            let known = FieldName(name)
            guard Fields.isValidName(name.utf8.span), Fields.isValidValue(value.utf8.span),
                !Self.reserved.contains(known)
            else { throw .unsendable(reason: "the field \(name)") }
            if known == .userAgent { hasUserAgent = true }
            head += "\(name): \(value)\r\n"
        }
        if !hasUserAgent { head += "User-Agent: \(userAgent)\r\n" }
        // RFC 9110 §8.6: these mean something with content, so that none is said to be none.
        if !request.body.isEmpty || [.post, .put, .patch].contains(method) {
            head += "Content-Length: \(request.body.count)\r\n"
        }
        head += "\r\n"
        bytes = Array(head.utf8) + request.body
    }
}
