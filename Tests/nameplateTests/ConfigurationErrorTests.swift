// SPDX-License-Identifier: Apache-2.0
import Foundation
import Networking
import Proxy
import TLS
import Testing

@testable import nameplate

@Suite struct ConfigurationErrorTests {
    @Test func `what is required suffices`() {
        #expect(problems(minimal("")) == [])
    }

    @Test(arguments: [
        (
            "listen: { https: [\"443\"] }",
            "listen.https[0]: expected an address and port such as \"0.0.0.0:443\", found \"443\""
        ),
        (
            "listen: { https: [\"127.0.0.1:443\", 80] }",
            "listen.https[1]: expected an address and port such as \"0.0.0.0:443\", found 80"
        ),
        ("listen: { https: \"x\" }", "listen.https: expected a list of values, found \"x\""),
        (
            "listen: { https: [] }",
            "listen.https: expected at least one address and port, found an empty list"
        ),
        (
            "listen: { https: [\"127.0.0.1:443\"], http: [\"127.0.0.1:443\"] }",
            "listen.http[0]: expected each address once, found 127.0.0.1:443 again"
        ),
        (
            "listen: { loops: 0.5 }", "listen.loops: expected a whole number, found 0.5"
        ),
        (
            "listen: { loops: -1 }",
            "listen.loops: expected a whole number from 0 to 256, found -1"
        ),
        (
            "on_demand: { hold: \"10\" }",
            "on_demand.hold: expected a duration such as \"250ms\", \"10s\" or \"12h\", found \"10\""
        ),
        (
            "on_demand: { hold: 10 }",
            "on_demand.hold: expected a duration such as \"250ms\", \"10s\" or \"12h\", found 10"
        ),
        (
            "on_demand: { hold: \"1h\" }",
            "on_demand.hold: expected a duration from \"100ms\" to \"2m\", found \"1h\""
        ),
        (
            "on_demand: { enabled: \"yes\" }",
            "on_demand.enabled: expected true or false, found \"yes\""
        ),
        (
            "on_demand: { held_per_nam: 3 }",
            "on_demand.held_per_nam: there is no such key; did you mean \"held_per_name\"?"
        ),
        (
            "storage: { etcd: \"x\" }",
            "storage.etcd: there is no such key; known here: file"
        ),
        (
            "\"on-demand\": {}", "on-demand: there is no such key; did you mean \"on_demand\"?"
        ),
        (
            "drain: \"5s\", drain: \"6s\"", "drain: expected the key once, found it twice"
        ),
        (
            "renewal: { at: 2 }", "renewal.at: expected a fraction from 0.1 to 0.95, found 2"
        ),
        (
            "tls: { key: \"ed25519\" }",
            "tls.key: expected one of \"ecdsa\", \"rsa\", found \"ed25519\""
        ),
        (
            "trusted_proxies: [\"10.0.0.0/33\"]",
            "trusted_proxies[0]: expected an address or a block such as \"10.0.0.0/8\", "
                + "found \"10.0.0.0/33\""
        ),
        (
            "origin: { balance: \"random\" }",
            "origin.balance: expected one of \"round_robin\", \"least_connections\", "
                + "found \"random\""
        ),
        (
            "origin: { aside: { first: \"2m\" } }",
            "origin.aside: expected longest to be no shorter than first, found \"1m\" and \"2m\""
        ),
        (
            "origin: { total_timeout: \"2d\" }",
            "origin.total_timeout: expected a duration from \"10ms\" to \"1d\", found \"2d\""
        ),
        (
            "origin: { proxy_protocol: \"v3\" }",
            "origin.proxy_protocol: expected one of \"v1\", \"v2\", found \"v3\""
        ),
        (
            "origin: { health: { path: \"healthz\" } }",
            "origin.health.path: expected a path such as \"/healthz\", found \"healthz\""
        ),
        (
            "origin: { health: { status: 100 } }",
            "origin.health.status: expected a whole number from 200 to 599, found 100"
        ),
        (
            "domains: [\"shop.customer.test\"]",
            "domains: expected an object with keys such as \"shop.customer.com\", found a list"
        ),
        (
            "domains: { \"shop_1.customer.test\": { application_url: \"http://a.test\" } }",
            "domains.\"shop_1.customer.test\": expected a host name, or a wildcard such as "
                + "\"*.customer.com\", as key"
        ),
        (
            "domains: { \"a.test\": { application_url: \"http://b.test\" }, "
                + "\"A.test\": { application_url: \"http://c.test\" } }",
            "domains.\"A.test\": expected each domain once, found a.test again"
        ),
        (
            "domains: { \"a.test\": {} }",
            "domains.\"a.test\".application_url: required, expected the domain's own URL such as "
                + "\"http://127.0.0.1:9001\", found nothing"
        ),
        (
            "domains: { \"a.test\": { application_url: [\"http://b.test\", \"b.test\"] } }",
            "domains.\"a.test\".application_url[1]: expected an http, https or h2c URL without a "
                + "path or query, such as \"http://127.0.0.1:9000\", found \"b.test\""
        ),
        (
            "on_demand: { ask: \"ftp://x/y\" }",
            "on_demand.ask: expected a URL such as \"http://127.0.0.1:9000\" or "
                + "\"https://app.internal\", found \"ftp://x/y\""
        ),
        (
            "certificates: [{ chain: \"no-such.pem\", key: \"no-such.pem\" }]",
            "certificates[0].chain: expected a readable file, found \"no-such.pem\": no such file"
        ),
        (
            "management: { listen: \"0.0.0.0:8081\" }",
            "management.listen: expected an address of the loopback, because without "
                + "management.tls secrets go to 0.0.0.0:8081 in the clear; "
                + "management.cleartext: true allows that"
        ),
    ])
    func `a mistake names the key, what was expected and what was found`(
        text: String, sentence: String
    ) {
        #expect(problems(minimal(text)).first == "edge.json5:3: \(sentence)")
    }

    @Test(arguments: [
        ("[]", "application_url: expected 1 to 64 URLs, found 0"),
        (
            "[\"http://a.test\", \"http://a.test:80/\"]",
            "application_url[1]: expected each URL once, found http://a.test/ again"
        ),
        (
            "[\"http://a.test\", \"http://b.test/path\"]",
            "application_url[1]: expected an http, https or h2c URL without a path or query, such as "
                + "\"http://127.0.0.1:9000\", found \"http://b.test/path\""
        ),
        (
            "{}",
            "application_url: expected an http, https or h2c URL without a path or query, such as "
                + "\"http://127.0.0.1:9000\", found an object"
        ),
    ])
    func `the application is a URL or a list of some`(value: String, sentence: String) {
        let text = minimal("").replacingOccurrences(of: "\"http://127.0.0.1:9000\"", with: value)
        #expect(problems(text) == ["edge.json5:1: \(sentence)"])
    }

    @Test func `a list of 64 URLs is taken, one of 65 is not`() {
        for (count, found) in [
            (64, []), (65, ["application_url: expected 1 to 64 URLs, found 65"]),
        ] {
            let urls = (0..<count).map { "\"h2c://10.0.0.1:\($0 + 1)\"" }.joined(separator: ", ")
            let text = minimal("")
                .replacingOccurrences(of: "\"http://127.0.0.1:9000\"", with: "[\(urls)]")
            #expect(problems(text) == found.map { "edge.json5:1: \($0)" })
        }
    }

    @Test func `what is said of origins is read`() throws {
        let text = minimal(
            """
            origin: { balance: "least_connections", http2: true, proxy_protocol: "v2",
              total_timeout: "1m", slow_start: "0s",
              aside: { failures: 1, within: "1s", first: "2s", longest: "2s" },
              health: { path: "/h?q", interval: "1s", timeout: "100ms", unhealthy_after: 1,
                healthy_after: 4, status: 204 } },
            domains: { "*.Customer.test": { application_url: ["https://a.test", "h2c://b.test"] } }
            """)
        let configuration = try Configuration.read(text: text, named: "x", environment: [:])
        var origin = OriginConfiguration()
        origin.balance = .leastConnections
        origin.http2 = true
        origin.proxyProtocol = .v2
        origin.totalTimeout = .seconds(60)
        origin.slowStart = .zero
        origin.aside = AsideConfiguration(
            failures: 1, within: .seconds(1), first: .seconds(2), longest: .seconds(2))
        var health = HealthConfiguration()
        health.checks.path = "/h?q"
        health.checks.interval = .seconds(1)
        health.checks.timeout = .milliseconds(100)
        health.checks.unhealthyAfter = 1
        health.checks.healthyAfter = 4
        health.checks.status = 204
        origin.health = health
        #expect(configuration.origin == origin)
        let name = try #require(CertificateName("*.customer.test"))
        let urls = configuration.domains.byName[name]?.applicationURLs.map(\.description)
        #expect(urls == ["https://a.test/", "h2c://b.test/"])
        #expect(configuration.origins.count == 3)
    }

    @Test func `every mistake is found in one go, in the order of the file`() {
        let text = """
            {
              aplication_url: "http://127.0.0.1:9000",
              listen: { https: ["443"] },
              issuers: [{ acme: { directory: "http://ca.test/dir", challenges: ["dns-02"] } }],
              drain: 30,
            }
            """
        let found = problems(text)
        #expect(found.count == 7)
        #expect(
            found.contains {
                $0.hasSuffix(
                    "aplication_url: there is no such key; did you mean \"application_url\"?")
            })
        #expect(found.contains { $0.contains("cname_target: required, expected the name") })
        #expect(
            found.contains(
                "edge.json5:4: issuers[0].acme.directory: expected an https URL "
                    + "(RFC 8555 §6.1), found \"http://ca.test/dir\""))
        #expect(
            found.contains(
                "edge.json5:4: issuers[0].acme.challenges[0]: expected one of \"tls-alpn-01\", "
                    + "\"http-01\", \"dns-01\", found \"dns-02\""))
    }

    @Test func `what is not JSON5 is told with line and column`() {
        #expect(
            problems("{\n  application_url \"x\" }") == [
                "edge.json5:2: not JSON5 at column 19: expected \":\" after \"application_url\", "
                    + "found \"\"\""
            ])
    }

    @Test func `a missing file is one sentence`() {
        #expect {
            try Configuration.read(file: "/nonexistent/x.json5", environment: [:])
        } throws: { error in
            "\(error)" == "/nonexistent/x.json5: cannot read the configuration: no such file"
        }
    }

    @Test func `on_demand wants an issuer`() {
        let found = problems(
            "{ application_url: \"http://a.test\", cname_target: \"b.test\" }")
        #expect(
            found == [
                "edge.json5: issuers: expected at least one issuer, because on_demand.enabled is "
                    + "true; found none"
            ])
    }

    @Test func `http-01 alone wants the plain port`() {
        let issuer = "{ acme: { directory: \"https://ca.test/dir\", challenges: [\"http-01\"] } }"
        let text = minimal("listen: { http: [] }")
            .replacingOccurrences(of: "{ internal: {} }", with: issuer)
        #expect(
            problems(text) == [
                "edge.json5:3: listen: expected an address in listen.http, because an issuer has "
                    + "http-01 as its only challenge; found none"
            ])
    }

    @Test func `an issuer is one thing`() {
        let found = problems(
            minimal("").replacingOccurrences(of: "{ internal: {} }", with: "{}"))
        #expect(
            found.first
                == "edge.json5:2: issuers[0]: expected either acme or internal, found both or neither"
        )
    }
}
