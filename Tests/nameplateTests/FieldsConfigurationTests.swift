// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking
import Proxy
import Testing

@testable import nameplate

@Suite struct FieldsConfigurationTests {
    private func read(_ more: String) throws(ConfigurationProblems) -> Configuration {
        try Configuration.read(
            text: """
                { application_url: "http://127.0.0.1:9000", cname_target: "domains.saas.test",
                issuers: [{ internal: {} }],
                \(more) }
                """, named: "edge.json5", environment: [:])
    }

    @Test(arguments: [
        (
            "response_headers: { add: { \"Content-Length\": \"1\" } }",
            "response_headers.add.Content-Length: expected a field that is not part of the framing "
                + "and not one of nameplate's own, found \"Content-Length\""
        ),
        (
            "response_headers: { add: { \"X Y\": \"1\" } }",
            "response_headers.add.X Y: expected a field name, found \"X Y\""
        ),
        (
            "response_headers: { add: { \"X-Y\": \"a\\r\\nSet-Cookie: b\" } }",
            "response_headers.add.X-Y: expected a field value, without control characters or blanks "
                + "at its ends, found \"a??Set-Cookie: b\""
        ),
        (
            "response_headers: { add: { \"X-Y\": 1 } }",
            "response_headers.add.X-Y: expected a text in quotes, found 1"
        ),
        (
            "response_headers: { add: [\"X-Y\"] }",
            "response_headers.add: expected an object with field names as keys, found a list"
        ),
        (
            "response_headers: { remove: [\"Server\", \"Connection\"] }",
            "response_headers.remove[1]: expected a field that is not part of the framing and not "
                + "one of nameplate's own, found \"Connection\""
        ),
        (
            "request_headers: { remove: [\"X-Forwarded-For\"] }",
            "request_headers.remove[0]: expected a field that is not part of the framing and not "
                + "one of nameplate's own, found \"X-Forwarded-For\""
        ),
        (
            "request_headers: { remove: [\"\"] }",
            "request_headers.remove[0]: expected a text in quotes, found \"\""
        ),
        (
            "hsts: { preload: true }",
            "hsts.preload: expected include_subdomains: true and a max_age of \"365d\" or more with "
                + "preload"
        ),
        (
            "hsts: { max_age: 31536000 }",
            "hsts.max_age: expected a duration such as \"250ms\", \"10s\" or \"12h\", found 31536000"
        ),
        (
            "limits: { max_body: 0 }",
            "limits.max_body: expected a whole number from 1 to 1125899906842624, found 0"
        ),
        (
            "listen: { proxy_protocol: [\"all\"] }",
            "listen.proxy_protocol[0]: expected an address or a block such as \"10.0.0.0/8\", "
                + "found \"all\""
        ),
        (
            "forwarding: { via: true }",
            "forwarding.via: there is no such key; known here: forwarded"
        ),
    ])
    func `a mistake is named with its key`(text: String, sentence: String) {
        do throws(ConfigurationProblems) {
            _ = try read(text)
            Issue.record("it was taken")
        } catch {
            #expect(
                error.problems.map { $0.text(file: error.file) } == ["edge.json5:3: \(sentence)"])
        }
    }

    @Test func `what is written is what is meant`() throws {
        let configuration = try read(
            """
            hsts: { max_age: "730d", include_subdomains: true, preload: true },
            limits: { max_body: 1048576 }, forwarding: { forwarded: true },
            listen: { proxy_protocol: ["10.0.0.0/8", "2001:db8::1"] },
            request_headers: { remove: ["X-Debug"] },
            response_headers: { add: { "X-Frame-Options": "DENY" }, remove: ["Server"] },
            """)
        var policy = StrictTransportSecurity(maxAge: .seconds(730 * 86_400))
        policy.includesSubdomains = true
        policy.isPreloadable = true
        #expect(configuration.hsts == policy)
        #expect(configuration.limits.maxBody == 1_048_576)
        #expect(configuration.forwarding.forwarded)
        #expect(
            configuration.listen.proxyProtocol
                == ["10.0.0.0/8", "2001:db8::1"].compactMap { AddressBlock($0) })
        #expect(!configuration.requestHeaders.isEmpty)
        #expect(!configuration.responseHeaders.isEmpty)
    }
}
