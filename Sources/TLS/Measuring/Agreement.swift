// SPDX-License-Identifier: Apache-2.0
import COpenSSL

/// What a handshake agreed on, as libssl's numbers: cheap to take of each handshake and to count. The
/// cipher's name is to be asked of the connection.
package struct Agreement: Hashable, Sendable {
    private let versionNumber: CInt
    private let cipherNumber: UInt16
    private let groupNumber: CInt
    private let signatureNumber: CInt
    private let digestNumber: CInt
    private let key: Key
    package let alpn: String?

    /// A public key's type and size.
    private struct Key: Hashable, Sendable {
        var type: CInt = NID_undef
        var bits: CInt = 0
    }

    init(_ connection: OpaquePointer, alpn: String?) {
        versionNumber = SSL_version(connection)
        cipherNumber =
            SSL_get_current_cipher(connection).map { SSL_CIPHER_get_protocol_id($0) } ?? 0
        groupNumber = CInt(SSL_get_negotiated_group(connection))
        var digest = NID_undef
        var signature = NID_undef
        // A resumed session has the signature of no handshake.
        if SSL_session_reused(connection) == 0 {
            if SSL_get_peer_signature_type_nid(connection, &signature) != 1 {
                signature = NID_undef
            }
            if SSL_get_peer_signature_nid(connection, &digest) != 1 { digest = NID_undef }
        }
        signatureNumber = signature
        digestNumber = digest
        key = Self.key(of: connection)
        self.alpn = alpn
    }

    private static func key(of connection: OpaquePointer) -> Key {
        guard let certificate = SSL_get0_peer_certificate(connection),
            let key = X509_get0_pubkey(certificate)
        else { return Key() }
        return Key(type: EVP_PKEY_get_id(key), bits: EVP_PKEY_get_bits(key))
    }
}

// In the standards' words.
extension Agreement {
    /// `TLSv1.3`
    package var version: String {
        versionNumber == TLS1_3_VERSION ? "TLSv1.3" : "TLSv1.2"
    }

    /// `X25519`, `P-256`; nil when no keys were exchanged.
    package var group: String? {
        switch groupNumber {
        case NID_undef: nil
        case NID_X9_62_prime256v1: "P-256"
        case NID_secp384r1: "P-384"
        case NID_secp521r1: "P-521"
        case unnumbered | 0x11ec: "X25519MLKEM768"
        case unnumbered...: "group \(groupNumber & 0xffff)"
        default: Self.name(groupNumber)
        }
    }

    /// `ECDSA SHA-256`; nil when the server signed nothing in this handshake.
    package var signature: String? {
        switch signatureNumber {
        case NID_undef: nil
        case EVP_PKEY_EC: "ECDSA \(digest)"
        case EVP_PKEY_RSA: "RSA \(digest)"
        case EVP_PKEY_RSA_PSS: "RSA-PSS \(digest)"
        default: Self.name(signatureNumber)
        }
    }

    /// `ECDSA P-256`, `RSA 2048`; nil when the server showed no certificate.
    package var certificate: String? {
        switch key.type {
        case NID_undef: nil
        case EVP_PKEY_EC: "ECDSA P-\(key.bits)"
        case EVP_PKEY_RSA, EVP_PKEY_RSA_PSS: "RSA \(key.bits)"
        default: Self.name(key.type)
        }
    }

    private var digest: String {
        switch digestNumber {
        case NID_sha256: "SHA-256"
        case NID_sha384: "SHA-384"
        case NID_sha512: "SHA-512"
        default: Self.name(digestNumber)
        }
    }

    private static func name(_ number: CInt) -> String {
        OBJ_nid2sn(number).map { String(cString: $0) } ?? "\(number)"
    }
}

/// How libssl marks a group that it has no number of its own for (TLSEXT_nid_unknown).
private let unnumbered: CInt = 0x0100_0000

extension TLSConnection {
    /// What the handshake agreed on; to be asked when it is done.
    package var agreement: Agreement {
        Agreement(handle, alpn: negotiatedALPN)
    }
}
