// SPDX-License-Identifier: Apache-2.0
import DNS
import Testing

@testable import nameplate

@Suite struct ChallengeZoneConfigurationTests {
    private static let listening =
        #"challenge_zone: { name: "acme.edge.test", listen: ["127.0.0.1:0"], "#
        + #"name_servers: ["ns.edge.test"] }"#
    private static let key = #"{ name: "nameplate", secret: "AAECAwQFBgcICQoLDA0ODw==" }"#

    private static func update(zone: String = "edge.test", key: String = key) -> String {
        """
        challenge_zone: { name: "acme.edge.test" },
        dns: { update: { server: "127.0.0.1:53", zone: "\(zone)", key: \(key) } }
        """
    }

    private func configuration(_ more: String) throws -> Configuration {
        try Configuration.read(text: minimal(more), named: "edge.json5", environment: [:])
    }

    @Test func `a zone is answered here, or by a server that takes updates`() throws {
        let here = try configuration(Self.listening)
        #expect(here.challengeZone?.listen.count == 1 && here.dns.update == nil)
        let there = try configuration(Self.update())
        #expect(there.challengeZone?.listen == [])
        #expect(there.dns.update?.key.algorithm == .hmacSHA256)
        #expect("\(there.dns.update.map { "\($0)" } ?? "")".contains("(secret)"))
        let key = Self.key.replacing(", secret", with: #", algorithm: "hmac-sha512", secret"#)
        let other = try configuration(Self.update(key: key))
        #expect(other.dns.update?.key.algorithm == .hmacSHA512)
    }

    @Test func `issuers take dns-01 by themselves where there is a zone, and last`() throws {
        func challenges(_ more: String) throws -> [ACMEIssuerConfiguration.ChallengeType] {
            let text = """
                { application_url: "http://127.0.0.1:9000", cname_target: "domains.saas.test",
                \(more) }
                """
            let read = try Configuration.read(text: text, named: "edge.json5", environment: [:])
            guard case .acme(let acme)? = read.issuers.first else { return [] }
            return acme.challenges
        }
        let plain = #"issuers: [{ acme: { directory: "https://ca.test/dir" } }]"#
        let own = #"issuers: [{ acme: { directory: "https://ca.test", challenges: ["http-01"] } }]"#
        #expect(try challenges(plain) == [.tlsALPN01, .http01])
        #expect(try challenges("\(plain), \(Self.listening)") == [.tlsALPN01, .http01, .dns01])
        #expect(try challenges("\(own), \(Self.listening)") == [.http01])
    }

    /// What is configured, and the sentence that it earns.
    struct Mistake: Sendable {
        let text: String
        let sentence: String

        init(_ text: String, _ sentence: String) {
            self.text = text
            self.sentence = sentence
        }
    }

    private static let onlyUpdate =
        "dns: { update: { server: \"127.0.0.1:53\", zone: \"edge.test\", key: \(key) } }"

    private static func zone(_ more: String) -> String {
        "challenge_zone: { name: \"acme.edge.test\", \(more) }"
    }

    static let mistakes: [Mistake] = [
        Mistake(
            zone(""),
            "challenge_zone: expected listen, to answer for the zone here, or dns.update; found neither"
        ),
        Mistake(
            "\(listening), \(onlyUpdate)",
            "challenge_zone: expected either listen or dns.update, found both"),
        Mistake(
            onlyUpdate,
            "dns: expected challenge_zone, because dns.update says who takes its records; found none"
        ),
        Mistake(
            update(zone: "other.test"),
            "dns: expected update.zone to be challenge_zone.name or above it, found other.test"),
        Mistake(
            update(key: #"{ name: "nameplate", secret: "not base64!" }"#),
            "dns.update.key.secret: expected base64, found other text"),
        Mistake(
            update(key: #"{ name: "nameplate", algorithm: "hmac-md5", secret: "AAEC" }"#),
            #"algorithm: expected one of "hmac-sha256", "hmac-sha512", found "hmac-md5""#),
        Mistake(
            #"challenge_zone: { name: "acme_edge.test" }"#,
            #"expected a host name such as "domains.saascompany.com", found "acme_edge.test""#),
        Mistake(
            onlyUpdate.replacing("edge.test", with: "edge test"),
            #"expected a host name such as "domains.saascompany.com", found "edge test""#),
        Mistake(
            update(key: #"{ name: "a..b", secret: "AAEC" }"#),
            #"dns.update.key.name: expected a name in DNS such as "nameplate.edge", found "a..b""#),
        Mistake(
            update(key: #"{ name: "nameplate" }"#),
            "key.secret: required, expected the key's secret in base64, found nothing"),
        Mistake(
            update(key: #""AAEC""#),
            "dns.update.key: expected an object with the keys algorithm, name, secret, found \"AAEC\""
        ),
        Mistake(
            update().replacing("127.0.0.1:53", with: "localhost"),
            #"server: expected an address and port such as "0.0.0.0:443", found "localhost""#),
        Mistake(
            zone(#"listen: ["127.0.0.1:0"]"#),
            "expected the names of this zone's servers, because listen is given, found nothing"),
        Mistake(
            zone(#"listen: ["127.0.0.1:0"], name_servers: ["ns.acme.edge.test"]"#),
            "the addresses of the name servers that lie within the zone, found nothing"),
        Mistake(
            zone(#"listen: ["127.0.0.1:0"], name_servers: ["ns.edge.test"], addresses: ["ns"]"#),
            #"expected an address such as "192.0.2.1" or "2001:db8::1", found "ns""#),
    ]

    @Test(arguments: mistakes)
    func `each mistake is said with its key`(mistake: Mistake) {
        let found = problems(minimal(mistake.text))
        #expect(found.count == 1 && found[0].hasSuffix(mistake.sentence), "\(found)")
    }

    @Test func `dns-01 without a zone is a contradiction`() {
        let text = """
            { application_url: "http://127.0.0.1:9000", cname_target: "domains.saas.test",
            issuers: [{ acme: { directory: "https://ca.test/dir", challenges: ["dns-01"] } }] }
            """
        #expect(problems(text).count == 1)
        #expect(problems(text).first?.contains("issuers: expected challenge_zone") == true)
    }

    @Test func `a zone's name leaves room for a label`() {
        let label = String(repeating: "a", count: 60)
        let long = "\(label).\(label).\(label).\(String(repeating: "b", count: 50)).test"
        let found = problems(
            minimal(Self.listening.replacing("acme.edge.test", with: long)))
        #expect(found.count == 1 && found[0].contains("challenge_zone.name: expected a name of at"))
    }
}
