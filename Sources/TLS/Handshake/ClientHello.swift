// SPDX-License-Identifier: Apache-2.0

/// What a client says before anything is decided (RFC 8446 §4.1.2): what a certificate is chosen by.
package struct ClientHello: Sendable {
    /// What the server_name extension holds (RFC 6066 §3).
    package let sniKind: SNIKind
    /// The name in SNI; nil unless `sniKind` is `.name`.
    package let serverName: ServerName?
    /// The ALPN list is exactly `acme-tls/1`: a CA validates a tls-alpn-01 challenge (RFC 8737 §3).
    package let offersOnlyACMETLS: Bool
    /// Who it comes from, as the connection was told: the bytes of an IP address.
    package let source: [UInt8]

    package init(
        serverNameIndication: ServerNameIndication, offersOnlyACMETLS: Bool, source: [UInt8]
    ) {
        sniKind = serverNameIndication.kind
        serverName = serverNameIndication.name
        self.offersOnlyACMETLS = offersOnlyACMETLS
        self.source = source
    }
}
