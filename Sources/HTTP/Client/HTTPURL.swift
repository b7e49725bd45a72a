// SPDX-License-Identifier: Apache-2.0

/// An absolute `http` or `https` URL, taken apart (RFC 9110 §4.2).
package struct HTTPURL: Hashable, Sendable, CustomStringConvertible {
    package enum Scheme: String, Sendable {
        case http, https

        /// The port when the URL names none.
        package var defaultPort: UInt16 { self == .http ? 80 : 443 }
    }

    package let scheme: Scheme
    /// A name in lower case, or a numeric address without brackets.
    package let host: String
    package let port: UInt16
    /// Path and query, as they go into a request line; at least `/`.
    package let target: String

    /// Reads a URL. User information, fragments and other schemes are not accepted.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.allSatisfy({ $0.isIn(.target) }), !bytes.isEmpty,
            let target = try? RequestTarget(bytes.span, 0..<bytes.count, method: .get),
            let authority = target.authority, let defaultPort = target.defaultPort
        else { return nil }
        var host = bytes[authority.host]
        if host.first == UInt8(ascii: "[") { host = host.dropFirst().dropLast() }
        let path = String(decoding: bytes[target.path], as: UTF8.self)
        self.init(
            scheme: defaultPort == 80 ? .http : .https,
            host: String(decoding: host, as: UTF8.self).lowercased(),
            port: authority.port ?? defaultPort,
            target: path.hasPrefix("/") ? path : "/" + path)
    }

    private init(scheme: Scheme, host: String, port: UInt16, target: String) {
        self.scheme = scheme
        self.host = host
        self.port = port
        self.target = target
    }

    /// The URL of another path and query on the same server; nil when `target` is not one.
    package func with(target: String) -> HTTPURL? {
        guard target.hasPrefix("/") else { return nil }
        return HTTPURL("\(scheme.rawValue)://\(authority)\(target)")
    }

    /// The URL with one more `name=value` in its query, both percent-encoded.
    package func appending(query name: String, value: String) -> HTTPURL {
        let separator = target.utf8.contains(UInt8(ascii: "?")) ? "&" : "?"
        let item = "\(Self.encoded(name))=\(Self.encoded(value))"
        return HTTPURL(
            scheme: scheme, host: host, port: port, target: target + separator + item)
    }

    /// Whom a connection for this URL can serve: scheme, host and port (RFC 6454 §4).
    package struct Origin: Hashable, Sendable {
        package let scheme: Scheme
        package let host: String
        package let port: UInt16
    }

    package var origin: Origin { Origin(scheme: scheme, host: host, port: port) }

    /// Host and port as the Host field has them: brackets around IPv6, no default port.
    package var authority: String {
        let host = host.utf8.contains(.colon) ? "[\(host)]" : host
        return port == scheme.defaultPort ? host : "\(host):\(port)"
    }

    package var text: String { "\(scheme.rawValue)://\(authority)\(target)" }

    package var description: String { text }

    private static func encoded(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            if byte.isIn(.unreserved) {
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                encoded += "%" + (byte < 16 ? "0" : "")
                encoded += String(byte, radix: 16, uppercase: true)
            }
        }
        return encoded
    }
}
