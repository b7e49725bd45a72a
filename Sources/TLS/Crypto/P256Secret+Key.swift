// SPDX-License-Identifier: Apache-2.0
import COpenSSL

extension P256Secret {
    /// OpenSSL's form of the key, to be freed by the caller.
    func makeKey() throws(TLSError) -> OpaquePointer {
        try Self.makeKey(number: number, point: publicPoint(), in: nil)
    }

    /// The same from a point that is known, for the algorithms of `library`; nil: the process's.
    static func makeKey(
        number: UnsafeBufferPointer<UInt8>, point: [UInt8], in library: OpaquePointer?
    ) throws(TLSError) -> OpaquePointer {
        let context = try made(
            "EVP_PKEY_CTX_new_from_name", EVP_PKEY_CTX_new_from_name(library, "EC", nil))
        defer { EVP_PKEY_CTX_free(context) }
        try check("EVP_PKEY_fromdata_init", EVP_PKEY_fromdata_init(context))
        // OpenSSL wants numbers in the machine's byte order.
        let little = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: number.count)
        _ = little.initialize(from: number.reversed())
        defer {
            OPENSSL_cleanse(little.baseAddress, little.count)
            little.deallocate()
        }
        var key: OpaquePointer?
        var group = Array("prime256v1".utf8CString)
        var point = point
        group.withUnsafeMutableBufferPointer { group in
            point.withUnsafeMutableBufferPointer { point in
                var parameters = [
                    OSSL_PARAM_construct_utf8_string(
                        PARAM_GROUP_NAME, group.baseAddress, group.count - 1),
                    OSSL_PARAM_construct_BN(
                        PARAM_PRIV_KEY, little.baseAddress, little.count),
                    OSSL_PARAM_construct_octet_string(
                        PARAM_PUB_KEY, point.baseAddress, point.count),
                    OSSL_PARAM_construct_end(),
                ]
                _ = EVP_PKEY_fromdata(context, &key, PKEY_KEYPAIR, &parameters)
            }
        }
        return try made("EVP_PKEY_fromdata", key)
    }
}
