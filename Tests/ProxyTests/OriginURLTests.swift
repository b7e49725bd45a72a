// SPDX-License-Identifier: Apache-2.0
import HTTP
import Proxy
import Testing

@Suite struct OriginURLTests {
    @Test(arguments: [
        ("http://127.0.0.1:9000", "http://127.0.0.1:9000/", false),
        ("https://app.internal", "https://app.internal/", false),
        ("h2c://127.0.0.1:50051", "h2c://127.0.0.1:50051/", true),
        ("H2C://App.Internal/", "h2c://app.internal/", true),
        ("h2c://[::1]:8080", "h2c://[::1]:8080/", true),
    ])
    func `an origin is a scheme, a host and a port`(
        text: String, description: String, isPriorKnowledge: Bool
    ) throws {
        let url = try #require(OriginURL(text))
        #expect("\(url)" == description)
        #expect(url.isPriorKnowledge == isPriorKnowledge)
        #expect(url.url.scheme == (text.hasPrefix("https") ? .https : .http))
    }

    @Test(arguments: [
        "", "h2c://", "http://", "h2://a.test", "ftp://a.test", "a.test:80", "http://a.test/path",
        "http://a.test?q", "h2c://user@a.test", "h2c://a.test:70000", "h2c://http://a.test",
    ])
    func `anything else is none`(text: String) {
        #expect(OriginURL(text) == nil)
    }
}
