// SPDX-License-Identifier: Apache-2.0
import COpenSSL
import Testing

@testable import TLS

/// What libssl asks of key derivations, put to ours and to OpenSSL's.
@Suite struct KeyDerivationTests {
    private let library: LibraryContext

    init() throws {
        library = try #require(LibraryContext.shared)
    }

    private func expectAgreement(
        _ derivation: Derivation, count: Int, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let ours = derivation.derive(in: library.handle, count: count)
        #expect(ours != nil, sourceLocation: sourceLocation)
        #expect(
            ours == derivation.derive(in: nil, count: count), sourceLocation: sourceLocation)
    }

    // MARK: TLS 1.3

    private func tls13(
        mode: CInt, digest: String, key: [UInt8]?, salt: [UInt8]? = nil, label: String,
        data: [UInt8]? = nil
    ) -> Derivation {
        var derivation = Derivation(
            algorithm: OSSL_KDF_NAME_TLS1_3_KDF,
            parameters: [
                (OSSL_KDF_PARAM_MODE, .number(mode)), (OSSL_KDF_PARAM_DIGEST, .text(digest)),
                (OSSL_KDF_PARAM_PREFIX, .bytes(Array("tls13 ".utf8))),
                (OSSL_KDF_PARAM_LABEL, .bytes(Array(label.utf8))),
            ])
        for (name, bytes) in [
            (OSSL_KDF_PARAM_KEY, key), (OSSL_KDF_PARAM_SALT, salt), (OSSL_KDF_PARAM_DATA, data),
        ] {
            if let bytes { derivation.parameters.append((name, .bytes(bytes))) }
        }
        return derivation
    }

    private static let digests = [("SHA2-256", 32), ("SHA2-384", 48), ("SHA2-512", 64)]

    @Test(arguments: digests, ["c hs traffic", "key", "iv", "finished", "res master", ""])
    func `a label is expanded as by OpenSSL`(digest: (String, Int), label: String) {
        for count in [1, 12, 16, 32, digest.1] {
            for data in [nil, [], Digest.randomBytes(digest.1)] as [[UInt8]?] {
                expectAgreement(
                    tls13(
                        mode: EVP_KDF_HKDF_MODE_EXPAND_ONLY, digest: digest.0,
                        key: Digest.randomBytes(digest.1), label: label, data: data),
                    count: count)
            }
        }
    }

    @Test(arguments: digests, [(true, true), (true, false), (false, true), (false, false)])
    func `the next secret is extracted as by OpenSSL`(
        digest: (String, Int), has: (key: Bool, salt: Bool)
    ) {
        expectAgreement(
            tls13(
                mode: EVP_KDF_HKDF_MODE_EXTRACT_ONLY, digest: digest.0,
                key: has.key ? Digest.randomBytes(32) : nil,
                salt: has.salt ? Digest.randomBytes(digest.1) : nil, label: "derived"),
            count: digest.1)
    }

    @Test(arguments: [("key", 33), (String(repeating: "x", count: 250), 32)])
    func `what no key schedule asks for is not derived`(label: String, count: Int) {
        let derivation = tls13(
            mode: EVP_KDF_HKDF_MODE_EXPAND_ONLY, digest: "SHA2-256",
            key: Digest.randomBytes(32), label: label)
        #expect(derivation.derive(in: library.handle, count: count) == nil)
    }

    // MARK: TLS 1.2

    private func tls12(digest: String, secret: [UInt8], seeds: [[UInt8]]) -> Derivation {
        Derivation(
            algorithm: OSSL_KDF_NAME_TLS1_PRF,
            parameters: [
                (OSSL_KDF_PARAM_DIGEST, .text(digest)), (OSSL_KDF_PARAM_SECRET, .bytes(secret)),
            ] + seeds.map { (OSSL_KDF_PARAM_SEED, .bytes($0)) })
    }

    @Test(arguments: ["SHA2-256", "SHA2-384", "SHA2-512", "MD5-SHA1"], [12, 32, 40, 48, 104, 200])
    func `the pseudorandom function is OpenSSL's`(digest: String, count: Int) {
        for secretCount in [32, 48, 64, 66, 128, 129, 256] {
            expectAgreement(
                tls12(
                    digest: digest, secret: Digest.randomBytes(secretCount),
                    seeds: [Array("key expansion".utf8), Digest.randomBytes(64), []]),
                count: count)
        }
    }

    @Test(arguments: [1, 77, 256, 257, 700])
    func `a seed of any length is taken`(count: Int) {
        expectAgreement(
            tls12(
                digest: "SHA2-256", secret: Digest.randomBytes(48),
                seeds: [Digest.randomBytes(count)]),
            count: 100)
    }
}
