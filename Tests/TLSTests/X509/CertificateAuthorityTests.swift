// SPDX-License-Identifier: Apache-2.0
import Foundation
import TLS
import Testing

@Suite struct CertificateAuthorityTests {
    private let authority: CertificateAuthority

    init() throws {
        authority = try TestAuthority().authority
    }

    @Test func `a leaf has the names and times it was issued for`() throws {
        let start = Date(timeIntervalSince1970: 1_900_000_000)
        let names = [CertificateName("a.example")!, CertificateName("*.b.example")!]
        let chain = try authority.issue(
            names: names, key: try .generate(.p256), validity: start..<start.addingTimeInterval(60))
        #expect(chain.leaf.names == names)
        #expect(chain.leaf.notBefore == start)
        #expect(chain.leaf.notAfter == start.addingTimeInterval(60))
        #expect(chain.leaf.subjectCommonName == nil)
        #expect(chain.leaf.issuerCommonName == "Test Authority")
        #expect(chain.intermediates == [authority.certificate])
    }

    @Test func `times past 2049 are written and read`() throws {
        let start = Date(timeIntervalSince1970: 2_600_000_000)
        let chain = try authority.issue(
            names: [CertificateName("a.example")!], key: try .generate(.p256),
            validity: start..<start.addingTimeInterval(60))
        #expect(chain.leaf.notBefore == start)
    }

    @Test func `a leaf names the key that signed it`() throws {
        let leaf = try TestAuthority().credential("a.example").leaf
        #expect(leaf.authorityKeyIdentifier?.count == 20)
        #expect(leaf.subjectKeyIdentifier != leaf.authorityKeyIdentifier)
        let chain = try authority.issue(
            names: [CertificateName("a.example")!], key: try .generate(.p256),
            validity: TestAuthority.validity)
        #expect(chain.leaf.authorityKeyIdentifier == authority.certificate.subjectKeyIdentifier)
    }

    @Test func `serial numbers are positive, long and never repeat`() throws {
        let names = [CertificateName("a.example")!]
        let key = try PrivateKey.generate(.p256)
        var seen: Set<[UInt8]> = []
        for _ in 0..<20 {
            let leaf = try authority.issue(
                names: names, key: key, validity: TestAuthority.validity
            ).leaf
            #expect(leaf.serialNumber.count == 16)
            #expect(leaf.serialNumber[0] & 0x80 == 0)
            #expect(leaf.serialHex.count == 32)
            seen.insert(leaf.serialNumber)
        }
        #expect(seen.count == 20)
    }

    @Test func `a request is signed for its names and key`() throws {
        let key = try PrivateKey.generate(.rsa2048)
        let request = try CertificateRequest(
            der: try CertificateRequest.der(names: [ServerName("a.example")!], key: key))
        let chain = try authority.issue(request, validity: TestAuthority.validity)
        #expect(chain.leaf.names == [.exact(ServerName("a.example")!)])
        #expect(chain.leaf.matches(key))
    }

    @Test func `an authority is taken up again from its files`() throws {
        let again = try CertificateAuthority(
            certificate: try Certificate(pem: try authority.certificate.pem),
            key: try PrivateKey(pem: try authority.key.pem))
        #expect(again.certificate == authority.certificate)
        #expect {
            try CertificateAuthority(certificate: again.certificate, key: .generate(.p256))
        } throws: { isUnusable($0) }
    }

    @Test func `a certificate without names is refused`() throws {
        let key = try PrivateKey.generate(.p256)
        #expect {
            try authority.issue(names: [], key: key, validity: TestAuthority.validity)
        } throws: { isUnusable($0) }
    }
}
