// SPDX-License-Identifier: Apache-2.0
import TLS
import Testing

@Suite struct CertificateNameTests {
    // RFC 9525 §6.3.
    @Test(arguments: [
        ("example.com", "example.com", true),
        ("example.com", "a.example.com", false),
        ("*.example.com", "a.example.com", true),
        ("*.EXAMPLE.com", "A.example.com", true),
        ("*.example.com", "example.com", false),
        ("*.example.com", "a.b.example.com", false),
        ("*.b.example.com", "a.b.example.com", true),
    ])
    func `a wildcard stands for exactly one label`(own: String, name: String, covers: Bool) throws {
        let own = try #require(CertificateName(own))
        #expect(own.covers(try #require(ServerName(name))) == covers)
    }

    @Test(arguments: [
        "", "*", "*.", "*.com", "a.*.example", "*a.example.com", "a*.example.com", "**.example.com",
        "*.*.example.com", "example", "*.192.0.2.1",
    ])
    func `a wildcard is a whole first label above two others`(text: String) {
        #expect(CertificateName(text) == nil)
    }

    @Test func `the text of a name is read back`() throws {
        let wildcard = try #require(CertificateName("*.Example.com"))
        #expect(wildcard.text == "*.example.com")
        #expect(CertificateName(wildcard.text) == wildcard)
        #expect(wildcard != CertificateName("example.com"))
    }
}
