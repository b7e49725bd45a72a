// SPDX-License-Identifier: Apache-2.0
import COpenSSL
import Testing

@testable import TLS

/// HMAC as libssl and the tickets use it, by ours and by OpenSSL's.
@Suite struct HandshakeMACTests {
    private let library: LibraryContext

    init() throws {
        library = try #require(LibraryContext.shared)
    }

    private func begin(_ state: OpaquePointer?, digest: String, key: [UInt8]) -> Bool {
        OSSL_MAC_PARAM_DIGEST.withCString { name in
            digest.withCString { digest in
                var parameters = [
                    OSSL_PARAM_construct_utf8_string(
                        name, UnsafeMutablePointer(mutating: digest), 0),
                    OSSL_PARAM_construct_end(),
                ]
                return EVP_MAC_init(state, key, key.count, &parameters) == 1
            }
        }
    }

    /// The code of the pieces of a message, one after the other; nil when it fails.
    private func authenticate(
        in context: OpaquePointer?, digest: String, key: [UInt8], pieces: [[UInt8]],
        copying: Bool = false
    ) -> [UInt8]? {
        let mac = EVP_MAC_fetch(context, "HMAC", nil)
        defer { EVP_MAC_free(mac) }
        var state = EVP_MAC_CTX_new(mac)
        defer { EVP_MAC_CTX_free(state) }
        guard begin(state, digest: digest, key: key) else { return nil }
        for piece in pieces {
            #expect(EVP_MAC_update(state, piece, piece.count) == 1)
            guard copying else { continue }
            let copy = EVP_MAC_CTX_dup(state)
            EVP_MAC_CTX_free(state)
            state = copy
        }
        var code = [UInt8](repeating: 0, count: EVP_MAC_CTX_get_mac_size(state))
        var count = 0
        guard EVP_MAC_final(state, &code, &count, code.count) == 1 else { return nil }
        #expect(count == code.count)
        return code
    }

    @Test(arguments: ["SHA256", "SHA2-256", "SHA2-384"], [1, 20, 32, 48, 64])
    func `a code is OpenSSL's, whole and in pieces`(digest: String, keyCount: Int) {
        let key = Digest.randomBytes(keyCount)
        for count in [0, 1, 63, 64, 65, 1000] {
            let message = Digest.randomBytes(count)
            let expected = authenticate(in: nil, digest: digest, key: key, pieces: [message])
            #expect(expected != nil)
            for pieces in [[message], message.map { [$0] }] {
                for copying in [false, true] {
                    let code = authenticate(
                        in: library.handle, digest: digest, key: key, pieces: pieces,
                        copying: copying)
                    #expect(code == expected)
                }
            }
        }
    }

    @Test func `a code may be begun again with the key of before`() {
        let mac = EVP_MAC_fetch(library.handle, "HMAC", nil)
        defer { EVP_MAC_free(mac) }
        let state = EVP_MAC_CTX_new(mac)
        defer { EVP_MAC_CTX_free(state) }
        var codes: [[UInt8]] = []
        #expect(begin(state, digest: "SHA256", key: [1, 2, 3]))
        for _ in 0..<2 {
            #expect(EVP_MAC_update(state, [4, 5], 2) == 1)
            var code = [UInt8](repeating: 0, count: 32)
            var count = 0
            #expect(EVP_MAC_final(state, &code, &count, code.count) == 1)
            codes.append(code)
            #expect(EVP_MAC_init(state, nil, 0, nil) == 1)
        }
        #expect(codes[0] == codes[1])
    }

    @Test(arguments: [("SHA2-512", 32), ("MD5", 16), ("SHA2-256", 65), ("SHA2-384", 129)])
    func `what no handshake asks for is refused`(digest: String, keyCount: Int) {
        let key = Digest.randomBytes(keyCount)
        #expect(
            authenticate(in: library.handle, digest: digest, key: key, pieces: [[1]]) == nil)
    }
}
