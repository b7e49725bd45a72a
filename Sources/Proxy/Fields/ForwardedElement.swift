// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking

/// What one proxy says in a Forwarded field (RFC 7239 §4): `for=192.0.2.1;host=a.example;proto=https`.
enum ForwardedElement {
    /// The value of its `for`, without quotes; nil when there is none, when there are two, and when
    /// the element is malformed.
    static func node(in element: Span<UInt8>) -> [UInt8]? {
        var node: [UInt8]?
        var rest = element.trimmingBlanks(0..<element.count)
        while !rest.isEmpty {
            // §4: a pair may be missing between two semicolons.
            if element[rest.lowerBound] != .semicolon {
                guard let (name, value, end) = pair(element, rest) else { return nil }
                if element.extracting(name).isFor {
                    guard node == nil else { return nil }
                    node = value
                }
                rest = element.trimmingBlanks(end..<rest.upperBound)
                guard rest.isEmpty || element[rest.lowerBound] == .semicolon else { return nil }
            }
            rest = element.trimmingBlanks(rest.dropFirst())
        }
        return node
    }

    /// Appends an element that says whom a request is from, whom it is for, and that it came by
    /// https. What proxy it came to (`by`) is nobody's business.
    static func append(
        for client: IPAddress, host: Span<UInt8>, to value: inout [UInt8]
    ) {
        value += Array("for=".utf8)
        switch client {
        case .v4: value += Array(client.description.utf8)
        // §6: an IPv6 address has brackets, and those need quotes.
        case .v6: value += Array("\"[\(client)]\"".utf8)
        }
        if !host.isEmpty {
            value += Array(";host=".utf8)
            appendValue(host, to: &value)
        }
        value += Array(";proto=https".utf8)
    }

    /// A token as it is, anything else as a quoted string (RFC 9110 §5.6.4).
    private static func appendValue(_ text: Span<UInt8>, to value: inout [UInt8]) {
        if Fields.isValidName(text) {
            for index in text.indices { value.append(text[index]) }
            return
        }
        value.append(.quote)
        for index in text.indices {
            if text[index] == .quote || text[index] == .backslash { value.append(.backslash) }
            value.append(text[index])
        }
        value.append(.quote)
    }

    /// Reads `name=value` at the beginning of `range`.
    private static func pair(
        _ bytes: Span<UInt8>, _ range: Range<Int>
    ) -> (name: Range<Int>, value: [UInt8], end: Int)? {
        var index = range.lowerBound
        while index < range.upperBound, bytes[index] != .equalsSign { index += 1 }
        let name = range.lowerBound..<index
        guard index < range.upperBound, Fields.isValidName(bytes.extracting(name)) else {
            return nil
        }
        index += 1
        var value: [UInt8] = []
        guard index < range.upperBound, bytes[index] == .quote else {
            while index < range.upperBound, bytes[index] != .semicolon, bytes[index] != .quote,
                bytes[index] != .space, bytes[index] != .tab
            {
                value.append(bytes[index])
                index += 1
            }
            return value.isEmpty ? nil : (name, value, index)
        }
        index += 1
        while index < range.upperBound {
            if bytes[index] == .quote { return (name, value, index + 1) }
            if bytes[index] == .backslash { index += 1 }
            guard index < range.upperBound else { break }
            value.append(bytes[index])
            index += 1
        }
        return nil
    }
}

extension IPAddress {
    /// An IPv6 address in brackets with a port, of which a few may be obfuscated.
    static let nodeBytesMax = 64

    /// Reads what a proxy calls the one it got a request from: an address, IPv6 with or without
    /// brackets, and perhaps a port (RFC 7239 §6, and what is found in X-Forwarded-For). Nil for
    /// all else, such as `unknown` and `_hidden`.
    init?(node: [UInt8]) {
        guard node.count <= Self.nodeBytesMax, let first = node.first else { return nil }
        let host: ArraySlice<UInt8>
        let port: ArraySlice<UInt8>?
        if first == UInt8(ascii: "[") {
            guard let end = node.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            host = node[1..<end]
            guard host.contains(.colon) else { return nil }
            let rest = node[(end + 1)...]
            guard rest.isEmpty || rest.first == .colon else { return nil }
            port = rest.isEmpty ? nil : rest.dropFirst()
        } else if let colon = node.firstIndex(of: .colon), colon == node.lastIndex(of: .colon) {
            host = node[..<colon]
            port = node[(colon + 1)...]
        } else {
            host = node[...]
            port = nil
        }
        guard port?.isNodePort != false, let ip = IPAddress(ascii: host) else { return nil }
        self = ip.unmapped
    }
}

extension ArraySlice<UInt8> {
    /// Up to five digits, or an obfuscated port (RFC 7239 §6.2).
    fileprivate var isNodePort: Bool {
        if first == UInt8(ascii: "_") {
            return count > 1 && dropFirst().withSpan { Fields.isValidName($0) }
        }
        return !isEmpty && count <= 5 && allSatisfy { (0x30...0x39).contains($0) }
    }

    private func withSpan(_ body: (Span<UInt8>) -> Bool) -> Bool {
        body(Array(self).span)
    }
}

extension Span<UInt8> {
    /// Whether these bytes are `for`, in any case.
    fileprivate var isFor: Bool {
        count == 3 && self[0] | 0x20 == 0x66 && self[1] | 0x20 == 0x6f && self[2] | 0x20 == 0x72
    }
}
