// SPDX-License-Identifier: Apache-2.0
import TLS
import Testing

@Suite struct CertificateRequestTests {
    @Test(arguments: KeyKind.allCases)
    func `a request carries its names and is signed by its key`(kind: KeyKind) throws {
        let names = [CertificateName("a.example")!, CertificateName("*.b.example")!]
        let der = try CertificateRequest.der(names: names, key: try .generate(kind))
        #expect(try CertificateRequest(der: der).names == names)
    }

    @Test func `a hundred names fit`() throws {
        let names = (0..<100).map { ServerName("host-\($0).example")! }
        let der = try CertificateRequest.der(names: names, key: try .generate(.p256))
        #expect(try CertificateRequest(der: der).names == names.map { .exact($0) })
    }

    @Test func `a request that was changed is refused`() throws {
        let names = [ServerName("aaaa.example")!]
        var der = try CertificateRequest.der(names: names, key: try .generate(.p256))
        let place = try #require(der.indices.first { der[$0...].starts(with: "aaaa".utf8) })
        der[place] = UInt8(ascii: "b")
        #expect { try CertificateRequest(der: der) } throws: { isUnusable($0) }
    }

    @Test func `what is no request is refused`() {
        #expect { try CertificateRequest(der: [1, 2, 3]) } throws: { isUnusable($0) }
        #expect { try CertificateRequest(der: []) } throws: { isUnusable($0) }
    }
}
