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

    @Test func `a request in PEM says subject, key and signature`() throws {
        var subject = DistinguishedName(commonName: "a.example")
        subject.country = "AU"
        subject.state = "Some-State"
        subject.organization = "Internet Widgits Pty Ltd"
        let key = try PrivateKey.generate(.rsa2048)
        let der = try CertificateRequest.der(
            names: [CertificateName("b.example")!, CertificateName("a.example")!],
            subject: subject, key: key)
        let text = Array("a word before it\n".utf8) + (try CertificateRequest.pem(der: der))
        let request = try CertificateRequest(pem: text)
        #expect(request.der == der)
        #expect(request.subject == subject)
        #expect(request.names.map(\.text) == ["a.example", "b.example"])
        #expect(request.publicKeyFacts.algorithm == "RSA")
        #expect(request.publicKeyFacts.bits == 2048)
        #expect(request.publicKeyFacts == (try key.publicKeyFacts))
        #expect(request.signatureAlgorithm == "sha256WithRSAEncryption")
        #expect(request.matches(key))
        #expect(!request.matches(try .generate(.rsa2048)))
    }

    @Test func `without an alternative name the common name counts`() throws {
        let request = try CertificateRequest(pem: Array(Self.withoutAlternatives.utf8))
        #expect(request.names.map(\.text) == ["example.com"])
        #expect(request.subject.commonName == "example.com")
        #expect(request.subject.country == "AU")
        #expect(request.subject.organization == "Internet Widgits Pty Ltd")
        #expect(request.publicKeyFacts.bits == 2048)
        #expect(!request.publicKeyFacts.isWeak)
    }

    @Test func `a country of three letters is refused`() throws {
        var subject = DistinguishedName(commonName: "a.example")
        subject.country = "AUS"
        let key = try PrivateKey.generate(.p256)
        #expect {
            try CertificateRequest.der(
                names: [CertificateName("a.example")!], subject: subject, key: key)
        } throws: {
            isUnusable($0)
        }
    }

    /// As `openssl req -new` made them for years: no extensions.
    private static let withoutAlternatives = """
        -----BEGIN CERTIFICATE REQUEST-----
        MIICwTCCAakCAQAwfDELMAkGA1UEBhMCQVUxEzARBgNVBAgMClNvbWUtU3RhdGUx
        ITAfBgNVBAoMGEludGVybmV0IFdpZGdpdHMgUHR5IEx0ZDEUMBIGA1UEAwwLZXhh
        bXBsZS5jb20xHzAdBgkqhkiG9w0BCQEWEGluZm9AZXhhbXBsZS5jb20wggEiMA0G
        CSqGSIb3DQEBAQUAA4IBDwAwggEKAoIBAQCxeHuQf/NN9tQqnFv1h0bvwTY0kWhp
        esx3JUwOnah/FwkZpv+VDJpMG1nzxTRX87GNqn5jPHTzCSiRtGuZpSURj4QYXkh0
        pQHsyjZxLE3o+XY9CCxKZ6IkdhCBvvBiPTi9OCY3jyk+3kcqqbX1ETrKGgT4G8T5
        vyPh61YJBpFrrV1Faw2+8DnriOeYbIgoP6Kmq6nRp41GoXOoaP01eAtLqp1uYWuy
        pc97N68xZqKR2aXfHJxlof+KMDbnHOuWbFX0GxvziqdXByc//c9J4AN4zDJlGy8C
        A5n9ocbPAP0udZ45tFCI78zfQ5GPe7QaAb7zVzG37hAfNFLpocJMi4CFAgMBAAGg
        ADANBgkqhkiG9w0BAQsFAAOCAQEAT/xJ1HCSqj97qK6UE7wC9KzlwL0W43IdxkeZ
        T9In33FwPpvO2G1d57AenO6F/Z+RTdUk0nfpIxGKu1AgiNziK82ko83l8MSRysD6
        xv/jdzIDzBrn8hYpGHNm73FXSmgh4KSJrOb2YTXwHkesgOZb1wMa6okGLjXCdOmc
        7LEtfxsEMwaQukXzgoO9QmqF3QuOMS/2uNK7ZlYICQdiiCRm5KHNDUKT/mtYs1en
        W7TsK+4NUkbiCxC1iFzPrgXaCMXepXXUTzWfbbiLNLmdxra/HhVlhnh2pJXQLhx8
        bt80ifX2OEUlaDgYj2Hg6hhMJ0E8Tyl0MnJI7qwCSczOBzlAlw==
        -----END CERTIFICATE REQUEST-----
        """
}
