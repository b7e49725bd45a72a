// SPDX-License-Identifier: Apache-2.0
import COpenSSL
import Testing

@testable import TLS

/// What libssl asks the key derivation of TLS 1.3, put to ours and to OpenSSL's.
@Suite struct TLS13KeyDerivationTests {
    private let library: LibraryContext

    init() throws {
        library = try LibraryContext()
    }

    /// The result of one derivation; nil when it fails.
    private func derive(
        in context: OpaquePointer?, count: Int, mode: CInt, digest: String, key: [UInt8]?,
        salt: [UInt8]?, label: String, data: [UInt8]?
    ) -> [UInt8]? {
        let builder = OSSL_PARAM_BLD_new()
        defer { OSSL_PARAM_BLD_free(builder) }
        // The builder keeps pointers, to its keys' names too.
        var kept: [UnsafeMutableRawBufferPointer] = []
        defer { for copy in kept { copy.deallocate() } }
        func keep(_ bytes: [UInt8]) -> UnsafeMutableRawPointer? {
            let copy = UnsafeMutableRawBufferPointer.allocate(
                byteCount: bytes.count + 1, alignment: 1)
            copy.copyBytes(from: bytes + [0])
            kept.append(copy)
            return copy.baseAddress
        }
        func text(_ string: String) -> UnsafePointer<CChar>? {
            keep(Array(string.utf8)).map { UnsafePointer($0.assumingMemoryBound(to: CChar.self)) }
        }
        func push(_ name: String, _ bytes: [UInt8]?) {
            guard let bytes else { return }
            OSSL_PARAM_BLD_push_octet_string(builder, text(name), keep(bytes), bytes.count)
        }
        OSSL_PARAM_BLD_push_utf8_string(builder, text(OSSL_KDF_PARAM_DIGEST), text(digest), 0)
        OSSL_PARAM_BLD_push_int(builder, text(OSSL_KDF_PARAM_MODE), mode)
        push(OSSL_KDF_PARAM_KEY, key)
        push(OSSL_KDF_PARAM_SALT, salt)
        push(OSSL_KDF_PARAM_PREFIX, Array("tls13 ".utf8))
        push(OSSL_KDF_PARAM_LABEL, Array(label.utf8))
        push(OSSL_KDF_PARAM_DATA, data)
        let parameters = OSSL_PARAM_BLD_to_param(builder)
        defer { OSSL_PARAM_free(parameters) }
        let derivation = EVP_KDF_fetch(context, "TLS13-KDF", nil)
        defer { EVP_KDF_free(derivation) }
        let derivationContext = EVP_KDF_CTX_new(derivation)
        defer { EVP_KDF_CTX_free(derivationContext) }
        var output = [UInt8](repeating: 0, count: count)
        let result = EVP_KDF_derive(derivationContext, &output, count, parameters)
        return result == 1 ? output : nil
    }

    private static let digests = [("SHA2-256", 32), ("SHA2-384", 48), ("SHA2-512", 64)]

    @Test(arguments: digests, ["c hs traffic", "key", "iv", "finished", "res master", ""])
    func `a label is expanded as by OpenSSL`(digest: (String, Int), label: String) throws {
        for count in [1, 12, 16, 32, digest.1] {
            for data in [nil, [], Digest.randomBytes(digest.1)] as [[UInt8]?] {
                let secret = Digest.randomBytes(digest.1)
                let results = [library.handle, nil].map {
                    derive(
                        in: $0, count: count, mode: EVP_KDF_HKDF_MODE_EXPAND_ONLY,
                        digest: digest.0, key: secret, salt: nil, label: label, data: data)
                }
                #expect(results[0] != nil)
                #expect(results[0] == results[1])
            }
        }
    }

    @Test(arguments: digests, [(true, true), (true, false), (false, true), (false, false)])
    func `the next secret is extracted as by OpenSSL`(
        digest: (String, Int), has: (key: Bool, salt: Bool)
    ) throws {
        let key = has.key ? Digest.randomBytes(32) : nil
        let salt = has.salt ? Digest.randomBytes(digest.1) : nil
        let results = [library.handle, nil].map {
            derive(
                in: $0, count: digest.1, mode: EVP_KDF_HKDF_MODE_EXTRACT_ONLY, digest: digest.0,
                key: key, salt: salt, label: "derived", data: nil)
        }
        #expect(results[0] != nil)
        #expect(results[0] == results[1])
    }

    @Test func `more than a block is not derived`() {
        let result = derive(
            in: library.handle, count: 33, mode: EVP_KDF_HKDF_MODE_EXPAND_ONLY,
            digest: "SHA2-256", key: Digest.randomBytes(32), salt: nil, label: "key", data: nil)
        #expect(result == nil)
    }

    @Test func `a label beyond its length byte is not derived`() {
        let result = derive(
            in: library.handle, count: 32, mode: EVP_KDF_HKDF_MODE_EXPAND_ONLY,
            digest: "SHA2-256", key: Digest.randomBytes(32), salt: nil,
            label: String(repeating: "x", count: 250), data: nil)
        #expect(result == nil)
    }
}
