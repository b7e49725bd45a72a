// SPDX-License-Identifier: Apache-2.0
import COpenSSL

// What JOSE does with keys: RFC 7518 §3 and RFC 7638.
extension PrivateKey {
    /// The algorithm of `sign` in JOSE's words: ES256 or RS256; nil for a key that cannot.
    package var signatureAlgorithm: String? {
        if isP256 { return "ES256" }
        return isRSA ? "RS256" : nil
    }

    /// Signs with SHA-256. P-256: 64 bytes r ‖ s (RFC 7518 §3.4). RSA: PKCS#1 v1.5 (§3.3).
    package func sign(_ message: [UInt8]) throws(TLSError) -> [UInt8] {
        guard signatureAlgorithm != nil else {
            throw .unusable("only P-256 and RSA keys sign here")
        }
        let context = try made("EVP_MD_CTX_new", EVP_MD_CTX_new())
        defer { EVP_MD_CTX_free(context) }
        try check(
            "EVP_DigestSignInit",
            EVP_DigestSignInit_ex(context, nil, "SHA256", nil, nil, handle, nil))
        var count = 0
        try check(
            "EVP_DigestSign", EVP_DigestSign(context, nil, &count, message, message.count))
        var signature = [UInt8](repeating: 0, count: count)
        try check(
            "EVP_DigestSign", EVP_DigestSign(context, &signature, &count, message, message.count))
        signature.removeLast(signature.count - count)
        return isP256 ? try Self.joined(signature) : signature
    }

    /// The public half as a JSON Web Key, with exactly the members that the thumbprint is made of.
    package var publicJWK: [String: String] {
        get throws(TLSError) {
            if isP256 {
                return [
                    "crv": "P-256", "kty": "EC",
                    "x": try member(OSSL_PKEY_PARAM_EC_PUB_X, width: 32),
                    "y": try member(OSSL_PKEY_PARAM_EC_PUB_Y, width: 32),
                ]
            }
            guard isRSA else { throw .unusable("only P-256 and RSA keys have a JWK here") }
            return [
                "e": try member(OSSL_PKEY_PARAM_RSA_E), "kty": "RSA",
                "n": try member(OSSL_PKEY_PARAM_RSA_N),
            ]
        }
    }

    /// The JWK thumbprint with SHA-256 (RFC 7638): 32 bytes.
    package func thumbprint() throws(TLSError) -> [UInt8] {
        // RFC 7638 §3.3: members in the order of their names, no white space. No value needs
        // escaping.
        let members = try publicJWK.sorted { $0.key < $1.key }
            .map { "\"\($0.key)\":\"\($0.value)\"" }
        return Digest.sha256(Array("{\(members.joined(separator: ","))}".utf8))
    }

    private func member(_ parameter: String, width: Int = 0) throws(TLSError) -> String {
        var number: OpaquePointer?
        try check("reading \(parameter)", EVP_PKEY_get_bn_param(handle, parameter, &number))
        defer { BN_free(number) }
        let count = max(width, Int((BN_num_bits(number) + 7) / 8))
        var bytes = [UInt8](repeating: 0, count: count)
        try check("writing \(parameter)", BN_bn2binpad(number, &bytes, CInt(count)))
        return Base64URL.encode(bytes)
    }

    /// r ‖ s of an ECDSA signature in DER.
    private static func joined(_ signature: [UInt8]) throws(TLSError) -> [UInt8] {
        let parsed = signature.withUnsafeBufferPointer { bytes in
            var next = bytes.baseAddress
            return d2i_ECDSA_SIG(nil, &next, bytes.count)
        }
        let pair = try made("d2i_ECDSA_SIG", parsed)
        defer { ECDSA_SIG_free(pair) }
        var bytes = [UInt8](repeating: 0, count: 64)
        try bytes.withUnsafeMutableBufferPointer { (room) throws(TLSError) in
            try check("r", BN_bn2binpad(ECDSA_SIG_get0_r(pair), room.baseAddress, 32))
            try check(
                "s", BN_bn2binpad(ECDSA_SIG_get0_s(pair), room.baseAddress.map { $0 + 32 }, 32))
        }
        return bytes
    }
}
