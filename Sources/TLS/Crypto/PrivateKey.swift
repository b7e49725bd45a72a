// SPDX-License-Identifier: Apache-2.0
import COpenSSL

/// A private key. Its contents leave only through `pem` and `der`, and are wiped with the last
/// reference.
///
/// Unchecked Sendable: an `EVP_PKEY` that is no longer changed may be used from several threads
/// (openssl-threads(7)), and this class never changes it.
package final class PrivateKey: @unchecked Sendable {
    let handle: OpaquePointer

    /// Takes over the reference.
    init(owning handle: OpaquePointer) {
        self.handle = handle
    }

    deinit {
        EVP_PKEY_free(handle)
    }

    /// Makes a fresh key. P-256 takes some 20 µs, RSA up to a second: not for a data loop.
    package static func generate(_ kind: KeyKind) throws(TLSError) -> PrivateKey {
        let key =
            switch kind {
            case .p256: EVP_EC_gen("P-256")
            case .rsa2048: EVP_RSA_gen(2048)
            }
        return PrivateKey(owning: try made("key generation", key))
    }

    /// Reads the first key of a PEM text: PKCS#8, or the older SEC1 and PKCS#1. An encrypted key is
    /// refused.
    package convenience init(pem: [UInt8]) throws(TLSError) {
        let found = try P256Secret.withFirst(in: pem) { secret throws(TLSError) in
            try secret.makeKey()
        }
        if let found {
            self.init(owning: found)
        } else {
            self.init(owning: try Self.decode(pem: pem))
        }
    }

    /// Reads PKCS#8, SEC1 or PKCS#1 DER.
    package convenience init(der: [UInt8]) throws(TLSError) {
        ERR_clear_error()
        let handle = try der.withUnsafeBufferPointer { (bytes) throws(TLSError) in
            if let secret = P256Secret(der: bytes) { return try secret.makeKey() }
            return try Self.decode(bytes)
        }
        self.init(owning: handle)
    }

    /// OpenSSL's decoder, which knows every kind of key and takes its time.
    private static func decode(pem: [UInt8]) throws(TLSError) -> OpaquePointer {
        let input = try MemoryBIO(pem)
        let key = PEM_read_bio_PrivateKey(input.bio, nil, { _, _, _, _ in noPassphrase }, nil)
        guard let key else { throw .unusable("not a private key in PEM", because: .take()) }
        return key
    }

    /// The same for DER, in the algorithms of `library`; nil: the process's.
    static func decode(
        _ der: UnsafeBufferPointer<UInt8>, in library: OpaquePointer? = nil
    ) throws(TLSError) -> OpaquePointer {
        var next = der.baseAddress
        guard let key = d2i_AutoPrivateKey_ex(nil, &next, der.count, library, nil) else {
            throw .unusable("not a private key in DER", because: .take())
        }
        return key
    }

    /// PKCS#8 PEM (RFC 7468 §10), not encrypted: for a file of mode 0600.
    package var pem: [UInt8] {
        get throws(TLSError) {
            let output = try MemoryBIO()
            try check(
                "writing a key",
                PEM_write_bio_PKCS8PrivateKey(output.bio, handle, nil, nil, 0, nil, nil))
            return output.contents
        }
    }

    /// PKCS#8 DER (RFC 5208), not encrypted.
    package var der: [UInt8] {
        get throws(TLSError) {
            let info = try made("EVP_PKEY2PKCS8", EVP_PKEY2PKCS8(handle))
            defer { PKCS8_PRIV_KEY_INFO_free(info) }
            return try TLS.der("i2d_PKCS8_PRIV_KEY_INFO") { i2d_PKCS8_PRIV_KEY_INFO(info, $0) }
        }
    }

    /// What it is, when it is a kind that we make; an operator's key may be another.
    package var kind: KeyKind? {
        if isP256 { return .p256 }
        return EVP_PKEY_is_a(handle, "RSA") == 1 && EVP_PKEY_get_bits(handle) == 2048
            ? .rsa2048 : nil
    }

    var isP256: Bool {
        guard EVP_PKEY_is_a(handle, "EC") == 1 else { return false }
        var name = [CChar](repeating: 0, count: 80)
        guard EVP_PKEY_get_group_name(handle, &name, name.count, nil) == 1 else { return false }
        return OBJ_sn2nid(name) == NID_X9_62_prime256v1
    }

    var isRSA: Bool { EVP_PKEY_is_a(handle, "RSA") == 1 }
}

/// What a passphrase callback returns; without a callback OpenSSL would ask on the terminal.
private let noPassphrase: CInt = -1
