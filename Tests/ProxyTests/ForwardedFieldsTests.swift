// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking
import Testing

@testable import Proxy

@Suite struct ForwardedFieldsTests {
    @Test func `an HTTP/1.1 origin gets the fields with Host`() throws {
        var forwarding = Self.fields(trusted: false)
        var request = try Self.request("TE: trailers\r\nConnection: TE\r\nAccept: */*\r\n")
        let lines = Self.lines { forwarding.appendRequestFields(&request, for: .http11, to: &$0) }
        #expect(
            lines == [
                "X-Forwarded-For: 192.0.2.1", "Host: shop.example.com", "Accept: */*",
                "X-Forwarded-Proto: https", "X-Forwarded-Host: shop.example.com",
                "X-Request-Id: 00000000000000000000000000000000",
            ])
    }

    @Test func `an HTTP/2 origin gets them without Host, and learns that trailers are welcome`()
        throws
    {
        var forwarding = Self.fields(trusted: false)
        var request = try Self.request("TE: trailers\r\nConnection: TE\r\nAccept: */*\r\n")
        let lines = Self.lines { forwarding.appendRequestFields(&request, for: .http2, to: &$0) }
        #expect(
            lines == [
                "X-Forwarded-For: 192.0.2.1", "Accept: */*", "TE: trailers",
                "X-Forwarded-Proto: https", "X-Forwarded-Host: shop.example.com",
                "X-Request-Id: 00000000000000000000000000000000",
            ])
        #expect(request.fields.text(of: .host) == "shop.example.com")
    }

    @Test(arguments: [true, false])
    func `a second try sends what the first did, whatever version it speaks`(trusted: Bool) throws {
        var forwarding = Self.fields(trusted: trusted)
        var request = try Self.request(
            """
            X-Forwarded-For: 198.51.100.7\r
            Upgrade: websocket\r
            Connection: upgrade\r
            X-Forwarded-For: 203.0.113.9\r

            """)
        let first = Self.lines { forwarding.appendRequestHead(&request, to: &$0) }
        _ = Self.lines { forwarding.appendRequestFields(&request, for: .http2, to: &$0) }
        let third = Self.lines { forwarding.appendRequestHead(&request, to: &$0) }
        #expect(first == third)
        #expect(first.contains("Upgrade: websocket"))
        let chain = trusted ? "198.51.100.7, 203.0.113.9, 192.0.2.1" : "192.0.2.1"
        #expect(first.contains("X-Forwarded-For: \(chain)"))
    }

    @Test func `an answer without Date gets one, and one with 204 loses its length`() throws {
        var answer = ResponseHead()
        answer.status = 204
        answer.fields.append(.contentLength, "3")
        answer.fields.append(.keepAlive, "5")
        answer.fields.append(.altSvc, "h3=\":443\"")
        let forwarding = Self.fields(trusted: false)
        let lines = Self.lines { forwarding.appendAnswerFields(&answer, to: &$0) }
        #expect(lines == ["Alt-Svc: h3=\":443\"", "Date: now"])
    }

    @Test func `an interim answer has neither length nor Date of ours`() {
        var answer = ResponseHead()
        answer.status = 103
        answer.fields.append(.contentLength, "3")
        answer.fields.append(name: "Link".utf8.span, value: "</a>; rel=preload".utf8.span)
        let forwarding = Self.fields(trusted: false)
        let lines = Self.lines { forwarding.appendInterimFields(&answer, to: &$0) }
        #expect(lines == ["Link: </a>; rel=preload"])
    }

    private static func fields(trusted: Bool) -> ForwardedFields {
        ForwardedFields(
            visitor: Visitor(
                address: .v4(0xc000_0201), isTrusted: trusted, serverName: nil, names: []),
            requestID: InlineArray(repeating: UInt8(ascii: "0")), date: Array("now".utf8))
    }

    private static func request(_ lines: String) throws -> RequestHead {
        var parser = RequestParser()
        var request = RequestHead()
        let text = "GET / HTTP/1.1\r\nHost: shop.example.com\r\n\(lines)\r\n"
        let progress = try parser.parse(text.utf8.span, into: &request)
        try #require(progress == .complete(consumed: text.utf8.count))
        return request
    }

    private static func lines(_ write: (inout ByteBuffer) -> Void) -> [String] {
        var output = ByteBuffer()
        write(&output)
        let text = String(decoding: output.take(output.readableCount), as: UTF8.self)
        return text.split(separator: "\r\n").map { String($0) }
    }
}
