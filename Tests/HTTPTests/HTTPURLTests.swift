// SPDX-License-Identifier: Apache-2.0
import HTTP
import Testing

@Suite struct HTTPURLTests {
    @Test(arguments: [
        ("http://a.example", "http://a.example/", "a.example", 80),
        ("HTTPS://A.Example:443/Path?q=1", "https://a.example/Path?q=1", "a.example", 443),
        ("http://a.example:8080?q", "http://a.example:8080/?q", "a.example", 8080),
        (
            "https://[2001:db8::1]:14000/dir", "https://[2001:db8::1]:14000/dir", "2001:db8::1",
            14000
        ),
        ("http://127.0.0.1:9000/may-serve", "http://127.0.0.1:9000/may-serve", "127.0.0.1", 9000),
    ])
    func `a URL is taken apart`(text: String, written: String, host: String, port: UInt16) throws {
        let url = try #require(HTTPURL(text))
        #expect(url.text == written)
        #expect(url.host == host)
        #expect(url.port == port)
        #expect(HTTPURL(url.text) == url)
    }

    @Test(arguments: [
        "", "a.example", "/path", "ftp://a.example/", "http://", "http:///x", "http://u@a.example/",
        "http://a.example/#x", "http://a.example:99999/", "http://a b/", "http://a.example/ä",
        "http://a.example/\r\nX: y", "http:a.example", "http://[::1/", "*",
    ])
    func `what is not a URL of ours is refused`(text: String) {
        #expect(HTTPURL(text) == nil)
    }

    @Test func `queries are added encoded`() throws {
        let url = try #require(HTTPURL("http://h.example/ask"))
        let asked = url.appending(query: "domain", value: "a.example").appending(
            query: "x", value: "a b&c=ä")
        #expect(asked.target == "/ask?domain=a.example&x=a%20b%26c%3D%C3%A4")
        #expect(url.with(target: "/other")?.text == "http://h.example/other")
        #expect(url.with(target: "other") == nil)
    }
}
