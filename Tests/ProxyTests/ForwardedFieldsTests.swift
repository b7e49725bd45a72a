// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking
import Testing

@testable import Proxy

@Suite struct ForwardedFieldsTests {
    @Test func `an HTTP/1.1 origin gets the fields with Host`() throws {
        let forwarding = Self.fields(trusted: false)
        var request = try Self.request("TE: trailers\r\nConnection: TE\r\nAccept: */*\r\n")
        let lines = Self.lines { forwarding.appendRequestFields(&request, for: .http11, to: &$0) }
        #expect(
            lines == [
                "X-Forwarded-For: 192.0.2.1", "Host: shop.example.com", "Accept: */*",
                "X-Forwarded-Proto: https", "X-Forwarded-Host: shop.example.com",
                "X-Request-Id: 00000000000000000000000000000000",
            ])
    }

    @Test func `underscores do not smuggle a stranger's word past an origin that folds them`()
        throws
    {
        let forwarding = Self.fields(trusted: false)
        var request = try Self.request(
            "X_Forwarded_For: 203.0.113.1\r\nx-forwarded_proto: http\r\nForwarded: for=x\r\n"
                + "My_Own: stays\r\n")
        let lines = Self.lines { forwarding.appendRequestFields(&request, for: .http11, to: &$0) }
        #expect(
            lines == [
                "X-Forwarded-For: 192.0.2.1", "Host: shop.example.com", "My_Own: stays",
                "X-Forwarded-Proto: https", "X-Forwarded-Host: shop.example.com",
                "X-Request-Id: 00000000000000000000000000000000",
            ])
    }

    @Test func `an HTTP/2 origin gets them without Host, and learns that trailers are welcome`()
        throws
    {
        let forwarding = Self.fields(trusted: false)
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
        let forwarding = Self.fields(trusted: trusted)
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

    @Test(arguments: [
        (false, "", "for=192.0.2.1;host=shop.example.com;proto=https"),
        (false, "Forwarded: for=9.9.9.9\r\n", "for=192.0.2.1;host=shop.example.com;proto=https"),
        (true, "", "for=192.0.2.1;host=shop.example.com;proto=https"),
        (
            true, "X-Forwarded-For: 198.51.100.7\r\n",
            "for=198.51.100.7;host=shop.example.com;proto=https"
        ),
        (
            true, "X-Forwarded-For: 2001:db8::1\r\n",
            "for=\"[2001:db8::1]\";host=shop.example.com;proto=https"
        ),
        (
            true, "Forwarded: for=198.51.100.7;proto=http\r\nForwarded: for=192.0.2.9\r\n",
            "for=198.51.100.7;proto=http, for=192.0.2.9, "
                + "for=192.0.2.1;host=shop.example.com;proto=https"
        ),
    ])
    func `Forwarded names the client, or the peer behind what it says`(
        trusted: Bool, lines: String, value: String
    ) throws {
        var request = try Self.request(lines)
        let forwarding = Self.fields(
            trusted: trusted, of: request, policy: FieldPolicy(sendsForwarded: true))
        for _ in 0..<2 {
            let sent = Self.lines { forwarding.appendRequestHead(&request, to: &$0) }
            #expect(sent.filter { $0.hasPrefix("Forwarded: ") } == ["Forwarded: \(value)"])
        }
    }

    @Test func `what only Forwarded says of the client stands in X-Forwarded-For too`() throws {
        var request = try Self.request("Forwarded: for=198.51.100.7\r\n")
        let forwarding = Self.fields(trusted: true, of: request)
        let sent = Self.lines { forwarding.appendRequestHead(&request, to: &$0) }
        #expect(sent.contains("X-Forwarded-For: 198.51.100.7, 192.0.2.1"))
        #expect(sent.contains("Forwarded: for=198.51.100.7"))
    }

    @Test func `a PROXY header of ours names the client behind trusted proxies`() throws {
        let request = try Self.request("X-Forwarded-For: 198.51.100.7\r\n")
        for (trusted, source) in [(true, "198.51.100.7:0"), (false, "192.0.2.1:4711")] {
            let forwarding = Self.fields(trusted: trusted, of: request)
            #expect(forwarding.ends == nil)
            forwarding.visitor.ends = ProxyHeader.Addresses(
                source: SocketAddress(ip: .v4(0xc000_0201), port: 4711),
                destination: SocketAddress(ip: .v4(0xc633_6409), port: 443))
            #expect(forwarding.ends?.source.description == source)
            #expect(forwarding.ends?.destination.description == "198.51.100.9:443")
        }
    }

    @Test func `a host with a port is quoted`() {
        var value: [UInt8] = []
        ForwardedElement.append(for: .v4(1), host: "a.example:8443".utf8.span, to: &value)
        ForwardedElement.append(for: .v6(0, 1), host: "a\"\\b".utf8.span, to: &value)
        #expect(
            String(decoding: value, as: UTF8.self)
                == "for=0.0.0.1;host=\"a.example:8443\";proto=https"
                + #"for="[::1]";host="a\"\\b";proto=https"#)
    }

    @Test func `the operator's rules remove first and add then, request by request`() throws {
        var rules = FieldRules(for: .request)
        try rules.remove("x-api-KEY")
        try rules.remove("COOKIE")
        try rules.add("X-Api-Key", "of the edge")
        try rules.add("X-Edge", "1")
        var request = try Self.request(
            "Cookie: a=b\r\nX-Api-Key: of the client\r\nAccept: */*\r\nx-api-key: again\r\n")
        let forwarding = Self.fields(trusted: false, policy: FieldPolicy(requests: rules))
        let first = Self.lines { forwarding.appendRequestFields(&request, for: .http11, to: &$0) }
        let second = Self.lines { forwarding.appendRequestFields(&request, for: .http11, to: &$0) }
        #expect(first == second)
        #expect(
            first == [
                "X-Forwarded-For: 192.0.2.1", "Host: shop.example.com", "Accept: */*",
                "X-Forwarded-Proto: https", "X-Forwarded-Host: shop.example.com",
                "X-Request-Id: 00000000000000000000000000000000", "X-Api-Key: of the edge",
                "X-Edge: 1",
            ])
    }

    @Test func `answers lose and gain what the rules say; interim ones only lose`() throws {
        var rules = FieldRules(for: .answer)
        try rules.remove("Server")
        try rules.remove("X-Powered-By")
        try rules.add("X-Frame-Options", "DENY")
        let forwarding = Self.fields(trusted: false, policy: FieldPolicy(answers: rules))
        for (status, expected) in [
            (200, ["ETag: \"1\"", "Date: now", "X-Frame-Options: DENY"]), (103, ["ETag: \"1\""]),
        ] {
            var answer = ResponseHead()
            answer.status = status
            answer.fields.append(.server, "Apache/2.4.1 (Unix)")
            answer.fields.append(name: "ETag".utf8.span, value: "\"1\"".utf8.span)
            answer.fields.append(name: "x-powered-by".utf8.span, value: "PHP/5.2".utf8.span)
            let lines = Self.lines { output in
                if status == 103 {
                    forwarding.appendInterimFields(&answer, to: &output)
                } else {
                    forwarding.appendAnswerFields(&answer, to: &output)
                }
            }
            #expect(lines == expected)
        }
    }

    @Test(arguments: [
        (false, false, "max-age=31536000"), (true, false, "max-age=31536000; includeSubDomains"),
        (true, true, "max-age=31536000; includeSubDomains; preload"),
    ])
    func `an answer without a policy of strict transport gets ours`(
        subdomains: Bool, preload: Bool, value: String
    ) {
        var policy = StrictTransportSecurity(maxAge: .seconds(31_536_000))
        policy.includesSubdomains = subdomains
        policy.isPreloadable = preload
        let forwarding = Self.fields(
            trusted: false, policy: FieldPolicy(strictTransportSecurity: policy))
        var answer = ResponseHead()
        answer.fields.append(.date, "then")
        let ours = Self.lines { forwarding.appendAnswerFields(&answer, to: &$0) }
        #expect(ours == ["Date: then", "Strict-Transport-Security: \(value)"])
        answer.fields.append(.strictTransportSecurity, "max-age=0")
        let theirs = Self.lines { forwarding.appendAnswerFields(&answer, to: &$0) }
        #expect(theirs == ["Date: then", "Strict-Transport-Security: max-age=0"])
    }

    @Test(arguments: [
        "Connection", "keep-alive", "Transfer-Encoding", "upgrade", "TE", "Content-Length",
        "Trailer", "Proxy-Authenticate",
    ])
    func `no rule touches what frames a message`(name: String) {
        for message in [FieldRules.Message.request, .answer] {
            var rules = FieldRules(for: message)
            #expect(throws: FieldRuleError.reserved) { try rules.add(name, "x") }
            #expect(throws: FieldRuleError.reserved) { try rules.remove(name) }
        }
    }

    @Test func `no rule makes a head that can be read in two ways`() {
        var rules = FieldRules(for: .answer)
        for name in ["", "a b", "a:", "a\r\nb", ":status", "ä"] {
            #expect(throws: FieldRuleError.invalidName) { try rules.add(name, "x") }
        }
        for value in ["a\r\nSet-Cookie: b", "a\0", " a", "a\t", "a\u{7f}"] {
            #expect(throws: FieldRuleError.invalidValue) { try rules.add("X-A", value) }
        }
        #expect(rules.isEmpty)
        var requests = FieldRules(for: .request)
        for name in ["Host", "X-Forwarded-For", "Forwarded", "X-Request-Id", "Expect"] {
            #expect(throws: FieldRuleError.reserved) { try requests.remove(name) }
        }
        #expect(throws: FieldRuleError.reserved) { try rules.remove("Date") }
    }

    private static func fields(
        trusted: Bool, of request: RequestHead = RequestHead(), policy: FieldPolicy = .none
    ) -> ForwardedFields {
        let visitor = Visitor(
            address: .v4(0xc000_0201),
            trusted: TrustedProxies(
                trusted ? ["192.0.2.0/24"].compactMap { AddressBlock($0) } : []),
            serverName: nil, names: [])
        return ForwardedFields(
            visitor: visitor, client: visitor.client(of: request),
            requestID: InlineArray(repeating: UInt8(ascii: "0")), date: Array("now".utf8),
            policy: policy)
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
