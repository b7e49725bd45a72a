// SPDX-License-Identifier: Apache-2.0
import Foundation
import TLS

/// An authority for one test, with what clients and servers need of it.
struct TestAuthority {
    let authority: CertificateAuthority

    init() throws {
        authority = try CertificateAuthority.create(
            commonName: "Test Authority", validity: Self.validity)
    }

    /// A credential for these names, with a fresh key.
    func credential(_ names: String..., kind: KeyKind = .p256) throws -> Credential {
        let key = try PrivateKey.generate(kind)
        let chain = try authority.issue(
            names: names.map { CertificateName($0)! }, key: key, validity: Self.validity)
        return try Credential(chain: chain, key: key)
    }

    /// A client that trusts this authority alone.
    func client(alpn: [String] = []) throws -> ClientContext {
        try ClientContext(trustedRoots: .pem(try authority.certificate.pem), alpn: alpn)
    }

    static var validity: Range<Date> {
        let now = Date()
        return now.addingTimeInterval(-3600)..<now.addingTimeInterval(3600)
    }
}
