// SPDX-License-Identifier: Apache-2.0

/// What can stand in the server_name extension.
package enum SNIKind: String, Sendable {
    /// There is no such extension.
    case absent
    /// One host name.
    case name
    /// The text of an IP address, which RFC 6066 §3 forbids.
    case ipAddress
    /// Anything else: not one entry, not a host name, not even a list.
    case invalid
}

/// The server_name extension of a ClientHello (RFC 6066 §3), read strictly.
package struct ServerNameIndication: Hashable, Sendable {
    package let kind: SNIKind
    /// Nil unless `kind` is `.name`.
    package let name: ServerName?

    package static let absent = ServerNameIndication(kind: .absent)
    package static let ipAddress = ServerNameIndication(kind: .ipAddress)
    package static let invalid = ServerNameIndication(kind: .invalid)

    package static func name(_ name: ServerName) -> ServerNameIndication {
        ServerNameIndication(kind: .name, name: name)
    }

    private init(kind: SNIKind, name: ServerName? = nil) {
        self.kind = kind
        self.name = name
    }

    /// Reads the extension's data; nil: the extension is absent.
    init(extensionData data: UnsafeBufferPointer<UInt8>?) {
        guard let data else {
            self = .absent
            return
        }
        guard let hostName = Self.onlyHostName(data) else {
            self = .invalid
            return
        }
        if let name = ServerName(utf8: hostName) {
            self = .name(name)
        } else {
            self = Self.looksLikeAddress(hostName) ? .ipAddress : .invalid
        }
    }

    /// The bytes of the one host_name entry. A list with another type or a second entry is refused: no
    /// client sends one, and it would be read differently by whoever reads it.
    private static func onlyHostName(
        _ data: UnsafeBufferPointer<UInt8>
    ) -> Slice<UnsafeBufferPointer<UInt8>>? {
        guard data.count > 5,
            Int(data[0]) << 8 | Int(data[1]) == data.count - 2,
            data[2] == hostNameType,
            Int(data[3]) << 8 | Int(data[4]) == data.count - 5
        else { return nil }
        return data[5...]
    }

    /// Digits and dots, or hexadecimal digits with colons.
    private static func looksLikeAddress(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        let text = bytes.map { Character(UnicodeScalar($0)) }
        let isIPv4 = text.contains(".") && text.allSatisfy { $0.isWholeNumber || $0 == "." }
        let isIPv6 =
            text.contains(":") && text.allSatisfy { $0.isHexDigit || $0 == ":" || $0 == "." }
        return isIPv4 || isIPv6
    }

    private static let hostNameType: UInt8 = 0
}
