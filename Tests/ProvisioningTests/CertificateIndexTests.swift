// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Provisioning
import Registry
import TLS
import Testing

@Suite struct CertificateIndexTests {
    let clock = ManualClock()
    let issuer: ScriptedIssuer

    init() throws {
        issuer = try ScriptedIssuer(clock: clock)
    }

    private func stored(
        _ names: [String], in directory: String?, lifetime: Duration = .seconds(1000)
    ) throws -> StoredCertificate {
        let (chain, key) = try issuer.pair(
            try names.map { try #require(CertificateName($0)) }, validFor: lifetime)
        return try StoredCertificate(
            directory: directory.flatMap { CertificateName($0) }, chain: try chain.pem,
            key: try key.pem,
            at: clock.now)
    }

    @Test(arguments: [
        ("a.example.com", true), ("b.example.com", true), ("example.com", false),
        ("a.b.example.com", false), ("aexample.com", false),
    ])
    func `a wildcard stands for exactly one label`(host: String, isServed: Bool) throws {
        var index = CertificateIndex()
        index.insert(try stored(["*.example.com"], in: "*.example.com"))
        #expect((index.certificate(for: name(host), at: clock.now) != nil) == isServed)
    }

    @Test func `an exact name wins over a wildcard`() throws {
        var index = CertificateIndex()
        let exact = try stored(["a.example.com"], in: "a.example.com")
        index.insert(exact)
        index.insert(try stored(["*.example.com"], in: "*.example.com"))
        #expect(index.certificate(for: name("a.example.com"), at: clock.now)?.certificate === exact)
    }

    @Test func `what has expired gives way to the wildcard, then to nothing`() throws {
        var index = CertificateIndex()
        let wildcard = try stored(["*.example.com"], in: "*.example.com", lifetime: .seconds(200))
        index.insert(try stored(["a.example.com"], in: "a.example.com", lifetime: .seconds(100)))
        index.insert(wildcard)
        clock.advance(by: .seconds(100))
        let found = index.certificate(for: name("a.example.com"), at: clock.now)
        #expect(found?.certificate === wildcard)
        clock.advance(by: .seconds(100))
        #expect(index.certificate(for: name("a.example.com"), at: clock.now) == nil)
    }

    @Test func `of several for one name the operator's goes first, then the name's own directory`()
        throws
    {
        var index = CertificateIndex()
        let host = name("a.example.com")
        let other = try stored(
            ["b.example.com", "a.example.com"], in: "b.example.com", lifetime: .seconds(9000))
        let own = try stored(["a.example.com"], in: "a.example.com")
        let configured = try stored(["a.example.com"], in: nil)
        for (certificate, expected) in [(other, other), (own, own), (configured, configured)] {
            index.insert(certificate)
            #expect(index.certificate(for: host, at: clock.now)?.certificate === expected)
        }
        for (certificate, expected) in [(configured, own), (own, other)] {
            index.remove(certificate)
            #expect(index.certificate(for: host, at: clock.now)?.certificate === expected)
        }
        index.remove(other)
        #expect(index.certificate(for: host, at: clock.now) == nil)
        #expect(index.count == 0)
    }

    @Test func `what clients manage is served where it was installed, whatever it says it is for`()
        throws
    {
        var provenance = Provenance()
        provenance.certificate = CertificateNumber(7)
        var index = CertificateIndex()
        let names = ["b.example", "a.example", "*.c.example"]
        let managed = try stored(names, in: "b.example").with(provenance)
        let host = try stored(["*.c.example"], in: "x.c.example").with(provenance)
        let own = try stored(["*.c.example"], in: "*.c.example")
        for certificate in [managed, host, own] { index.insert(certificate) }
        func found(_ host: String) -> StoredCertificate? {
            index.certificate(for: name(host), at: clock.now)?.certificate
        }
        #expect(found("b.example") === managed)
        #expect(found("a.example") == nil)
        #expect(found("x.c.example") === host)
        #expect(found("y.c.example") === own)
        for certificate in [managed, host, own] { index.remove(certificate) }
        #expect(index.count == 0)
    }

    @Test func `a copy does not see what is changed after it`() throws {
        var index = CertificateIndex()
        index.insert(try stored(["a.example.com"], in: "a.example.com"))
        let copy = index
        index.insert(try stored(["b.example.com"], in: "b.example.com"))
        #expect(copy.certificate(for: name("b.example.com"), at: clock.now) == nil)
        #expect(index.certificate(for: name("a.example.com"), at: clock.now) != nil)
    }

    @Test func `a pair that cannot serve says why`() throws {
        let (chain, key) = try issuer.pair([.exact(name("a.example.com"))])
        let other = try PrivateKey.generate(.p256)
        let now = clock.now
        let chainPEM = try chain.pem
        let keyPEM = try key.pem
        let otherPEM = try other.pem
        func problem(_ directory: String, _ chain: [UInt8], _ key: [UInt8], _ now: Date) -> String {
            do throws(PairProblem) {
                _ = try StoredCertificate(
                    directory: CertificateName(directory), chain: chain, key: key, at: now)
                return "none"
            } catch {
                return String("\(error)".prefix(35))
            }
        }
        #expect(problem("a.example.com", chainPEM, keyPEM, now) == "none")
        #expect(
            problem("a.example.com", chainPEM, otherPEM, now)
                == "the private key does not belong to ")
        let later = now + .seconds(1_000_000_000)
        #expect(
            problem("a.example.com", chainPEM, keyPEM, later)
                .hasPrefix("the certificate expired on 20"))
        #expect(
            problem("b.example.com", chainPEM, keyPEM, now)
                == "the certificate is for a.example.co")
        #expect(
            problem("a.example.com", [1, 2, 3], keyPEM, now)
                == "the certificate chain is unreadable")
        #expect(
            problem("a.example.com", chainPEM, Array("nonsense".utf8), now)
                == "the private key is unreadable: not ")
    }

    @Test func `metadata is believed only of its own certificate`() throws {
        let (chain, key) = try issuer.pair([.exact(name("a.example.com"))])
        var provenance = Provenance()
        provenance.issuer = "somebody"
        provenance.orderURL = "https://ca.example/order/1"
        provenance.renewAt = clock.now
        let issued = try StoredCertificate(
            directory: .exact(name("a.example.com")), chain: chain, key: key,
            provenance: provenance)
        let metadata = issued.metadata
        let read = try #require(CertificateMetadata(json: metadata.json))
        #expect(read == metadata)
        #expect(String(decoding: metadata.json, as: UTF8.self).contains(#""not_after" : "20"#))
        let own = try StoredCertificate(
            directory: nil, chain: try chain.pem, key: try key.pem, metadata: read, at: clock.now)
        #expect(own.provenance.issuer == "somebody")
        let (other, otherKey) = try issuer.pair([.exact(name("a.example.com"))])
        let copied = try StoredCertificate(
            directory: nil, chain: try other.pem, key: try otherKey.pem, metadata: read,
            at: clock.now)
        #expect(copied.provenance.issuer == nil)
    }
}
