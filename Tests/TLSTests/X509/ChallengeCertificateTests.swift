// SPDX-License-Identifier: Apache-2.0
import COpenSSL
import Testing

@testable import TLS

@Suite struct ChallengeCertificateTests {
    private let digest = Digest.sha256(Array("token.thumbprint".utf8))

    // RFC 8737 §3.
    @Test func `the certificate holds the name and the digest, and is signed by its own key`()
        throws
    {
        let name = ServerName("a.example")!
        let credential = try ChallengeCertificate.credential(for: name, keyAuthorization: digest)
        #expect(credential.isChallenge)
        #expect(credential.names == [.exact(name)])
        #expect(X509_verify(credential.leaf.handle, credential.key.handle) == 1)
        #expect(try acmeIdentifier(of: credential.leaf) == [4, 32] + digest)
    }

    @Test func `a name of 253 bytes is answered for`() throws {
        let label = String(repeating: "a", count: 49)
        let name = ServerName(Array(repeating: label, count: 5).joined(separator: ".") + ".abc")!
        let credential = try ChallengeCertificate.credential(for: name, keyAuthorization: digest)
        #expect(credential.names == [.exact(name)])
    }

    private func acmeIdentifier(of leaf: Certificate) throws -> [UInt8] {
        let object = OBJ_txt2obj("1.3.6.1.5.5.7.1.31", 1)
        defer { ASN1_OBJECT_free(object) }
        let index = X509_get_ext_by_OBJ(leaf.handle, object, -1)
        let found = try #require(X509_get_ext(leaf.handle, index))
        #expect(X509_EXTENSION_get_critical(found) == 1)
        let value = UnsafePointer(X509_EXTENSION_get_data(found))
        return Array(
            UnsafeBufferPointer(
                start: ASN1_STRING_get0_data(value), count: Int(ASN1_STRING_length(value))))
    }
}
