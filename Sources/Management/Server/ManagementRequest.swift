// SPDX-License-Identifier: Apache-2.0
package import HTTP
package import Networking

/// One request to the management listener, whole: what dialects read.
package struct ManagementRequest: Sendable {
    /// As it was spelled; `GET` for HEAD, whose answer goes without its body.
    package let method: String
    /// The path as it came, without the query.
    package let path: String
    /// The path's segments, percent-decoded; empty ones are left out, since clients double slashes.
    package let segments: [String]
    /// The query's members in their order, decoded.
    package let query: [(name: String, value: String)]
    /// Empty until it was read.
    package private(set) var body: [UInt8]
    /// Who has sent it, where its head has told and the body was read for its sake.
    package private(set) var client: ManagementClient?
    /// Where it came from.
    package let peer: IPAddress
    /// Names it in answers, events and logs.
    package let requestID: String
    /// Given when the listener drains: what only waits is to be answered then.
    package let drain: DrainNotice
    let fields: Fields

    package init(
        method: String, target: String, fields: Fields = Fields(), body: [UInt8] = [],
        peer: IPAddress, requestID: String, drain: DrainNotice = DrainNotice()
    ) {
        self.method = method == "HEAD" ? "GET" : method
        self.fields = fields
        self.body = body
        self.peer = peer
        self.requestID = requestID
        self.drain = drain
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = parts.first.map(String.init) ?? ""
        segments = path.split(separator: "/").map { PercentCoding.decode($0.utf8) }
        query = parts.count > 1 ? PercentCoding.members(of: parts[1]) : []
    }

    /// The same with its body, for the client that it is from.
    func with(body: [UInt8], from client: ManagementClient?) -> ManagementRequest {
        var whole = self
        whole.body = body
        whole.client = client
        return whole
    }

    /// The value of the first field of this name, in any case; nil without one.
    package func field(_ name: String) -> String? {
        fields.text(named: name)
    }

    /// The value of the first member of the query that has this name.
    package func queryValue(_ name: String) -> String? {
        query.first { $0.name == name }?.value
    }
}

/// Bytes in hexadecimal behind `%`, as URLs have them (RFC 3986 §2.1).
enum PercentCoding {
    /// What the text stands for; bytes that are no UTF-8 are replaced.
    static func decode(
        _ text: some Collection<UInt8>, plusIsSpace: Bool = false
    ) -> String {
        var bytes: [UInt8] = []
        var rest = text[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let value = value(of: rest.prefix(2)) {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(plusIsSpace && byte == UInt8(ascii: "+") ? 0x20 : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The members of a query or a form (`application/x-www-form-urlencoded`).
    static func members(of query: Substring) -> [(name: String, value: String)] {
        query.split(separator: "&").map { member in
            let parts = member.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let value = parts.count > 1 ? parts[1] : ""
            return (
                decode(parts.first.map { Array($0.utf8) } ?? [], plusIsSpace: true),
                decode(value.utf8, plusIsSpace: true)
            )
        }
    }

    /// As one part of a path or a query: all but unreserved characters (RFC 3986 §2.3) are encoded.
    static func encode(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                encoded += byte < 16 ? "%0" : "%"
                encoded += String(byte, radix: 16, uppercase: true)
            }
        }
        return encoded
    }

    private static func value(of digits: some Collection<UInt8>) -> UInt8? {
        guard digits.count == 2, digits.allSatisfy({ $0 != UInt8(ascii: "+") }) else { return nil }
        return UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
    }
}
