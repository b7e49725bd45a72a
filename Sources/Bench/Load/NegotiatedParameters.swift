// SPDX-License-Identifier: Apache-2.0

/// What a handshake agreed on, in the standards' words.
package struct NegotiatedParameters: Hashable, Sendable {
    /// `TLSv1.3`
    package var version: String
    /// `TLS_AES_128_GCM_SHA256`
    package var cipher: String
    /// `X25519`; nil when no keys were exchanged.
    package var group: String?
    /// What the server signed with, `ECDSA SHA-256`; nil when it signed nothing, on a resumed session.
    package var signature: String?
    /// The key of the server's certificate, `ECDSA P-256`; that of the session when it is resumed.
    package var certificate: String?
    package var alpn: String?

    package init(
        version: String, cipher: String, group: String?, signature: String?, certificate: String?,
        alpn: String?
    ) {
        self.version = version
        self.cipher = cipher
        self.group = group
        self.signature = signature
        self.certificate = certificate
        self.alpn = alpn
    }
}
