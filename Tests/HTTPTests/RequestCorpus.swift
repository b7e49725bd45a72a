// SPDX-License-Identifier: Apache-2.0
import HTTP
import Testing

/// One input, what must become of it, and the section that says so.
struct RequestRow: Sendable, CustomTestStringConvertible {
    let claim: String
    let section: String
    let bytes: [UInt8]
    let verdict: Verdict<RequestReading>

    var testDescription: String { "\(claim) [\(section)]" }

    init(_ claim: String, _ section: String, _ text: String, reads reading: RequestReading) {
        self.init(claim, section, text, .reads(reading))
    }

    init(_ claim: String, _ section: String, _ text: String, fails error: HTTP1Error) {
        self.init(claim, section, text, .fails(error))
    }

    init(
        _ claim: String, _ section: String, _ text: String, _ verdict: Verdict<RequestReading>
    ) {
        self.claim = claim
        self.section = section
        self.verdict = verdict
        bytes = Array(latin1: text)
    }

    /// A row about the fields that come beside a valid request line and Host.
    static func fields(
        _ claim: String, _ section: String, _ lines: String, _ verdict: Verdict<RequestReading>
    ) -> RequestRow {
        RequestRow(
            claim, section, "POST / HTTP/1.1\r\nHost: a.example\r\n\(lines)\r\n\r\n", verdict)
    }

    /// A row about the request line.
    static func line(
        _ claim: String, _ section: String, _ line: String, _ verdict: Verdict<RequestReading>
    ) -> RequestRow {
        RequestRow(claim, section, "\(line)\r\nHost: a.example\r\n\r\n", verdict)
    }

    /// A row about the Host field.
    static func host(
        _ claim: String, _ section: String, _ host: String, _ verdict: Verdict<RequestReading>
    ) -> RequestRow {
        RequestRow(claim, section, "GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n", verdict)
    }
}

typealias Reading = RequestReading

enum RequestCorpus {
    static let all = startLines + targets + lines + hosts + lengths + codings + connections

    static let startLines: [RequestRow] = [
        .line("a plain request", "9112 §3", "GET / HTTP/1.1", .reads(Reading())),
        RequestRow(
            "one empty line before it", "9112 §2.2",
            "\r\nGET / HTTP/1.1\r\nHost: a.example\r\n\r\n", reads: Reading()),
        RequestRow(
            "two empty lines before it", "9112 §2.2",
            "\r\n\r\nGET / HTTP/1.1\r\nHost: a.example\r\n\r\n", reads: Reading()),
        RequestRow(
            "three empty lines before it", "9112 §2.2",
            "\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a.example\r\n\r\n", fails: .malformedMethod),
        RequestRow("an empty line of a bare LF", "9112 §2.2", "\nGET / ", fails: .bareLineFeed),
        RequestRow("an empty line of a bare CR", "9112 §2.2", "\rGET", fails: .bareCarriageReturn),
        .line("a space before it", "9112 §3", " GET / HTTP/1.1", .fails(.malformedMethod)),
        .line("a tab for a space", "9112 §3", "GET\t/ HTTP/1.1", .fails(.malformedMethod)),
        .line(
            "two spaces after the method", "9112 §3", "GET  / HTTP/1.1", .fails(.malformedTarget)),
        .line(
            "two spaces after the target", "9112 §3", "GET /  HTTP/1.1", .fails(.malformedVersion)),
        .line(
            "a space behind the version", "9112 §3", "GET / HTTP/1.1 ", .fails(.malformedVersion)),
        .line("a method that is no token", "9110 §9.1", "G@T / HTTP/1.1", .fails(.malformedMethod)),
        .line("no method", "9112 §3.1", " / HTTP/1.1", .fails(.malformedMethod)),
        .line("a method of our own", "9110 §9.1", "X-CUSTOM!#$%&'*+ / HTTP/1.1", .reads(Reading())),
        .line("a method in lower case", "9110 §9.1", "get / HTTP/1.1", .reads(Reading())),
        .line(
            "a method of 32 bytes", "9112 §3", String(repeating: "M", count: 32) + " / HTTP/1.1",
            .reads(Reading())),
        .line(
            "a method of 33 bytes", "9112 §3", String(repeating: "M", count: 33) + " / HTTP/1.1",
            .fails(.methodTooLong)),
        .line("HTTP/0.9", "9112 §2.3", "GET /", .fails(.malformedVersion)),
        .line("HTTP/1.0", "9112 §2.3", "GET / HTTP/1.0", .reads(Reading(keepsAlive: false))),
        .line("HTTP/1.2 is read as 1.1", "9110 §2.5", "GET / HTTP/1.2", .reads(Reading())),
        .line("HTTP/2.0", "9110 §15.6.6", "GET / HTTP/2.0", .fails(.unsupportedVersion)),
        .line("HTTP/0.9 by name", "9110 §15.6.6", "GET / HTTP/0.9", .fails(.unsupportedVersion)),
        RequestRow(
            "HTTP/2's preface", "9113 §3.4", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            fails: .unsupportedVersion),
        .line("a version in lower case", "9112 §2.3", "GET / http/1.1", .fails(.malformedVersion)),
        .line("a version of two digits", "9112 §2.3", "GET / HTTP/1.10", .fails(.malformedVersion)),
        .line("a version without minor", "9112 §2.3", "GET / HTTP/1", .fails(.malformedVersion)),
        .line("a version with a sign", "9112 §2.3", "GET / HTTP/+1.1", .fails(.malformedVersion)),
        .line("another protocol", "9112 §2.3", "GET / ICAP/1.0", .fails(.malformedVersion)),
        RequestRow(
            "a request line that ends in LF", "9112 §2.2",
            "GET / HTTP/1.1\nHost: a.example\r\n\r\n", fails: .bareLineFeed),
        RequestRow(
            "a request line that ends in CR", "9112 §2.2",
            "GET / HTTP/1.1\rHost: a.example\r\n\r\n", fails: .bareCarriageReturn),
        RequestRow("a ClientHello", "9112 §3", "\u{16}\u{3}\u{1}\u{2}\0", fails: .malformedMethod),
        RequestRow("half a request", "9112 §3", "GET / HTTP/1.1\r\nHost: a.exa", .needsMore),
        RequestRow("nothing", "9112 §3", "", .needsMore),
    ]

    static let targets: [RequestRow] = [
        .line(
            "path and query", "9112 §3.2.1", "GET /a/b?c=d HTTP/1.1",
            .reads(Reading(path: "/a/b?c=d"))),
        .line("two slashes", "9112 §3.2.1", "GET //x HTTP/1.1", .reads(Reading(path: "//x"))),
        .line("no leading slash", "9112 §3.2.1", "GET a HTTP/1.1", .fails(.malformedTarget)),
        .line("a fragment", "9112 §3.2.1", "GET /a#b HTTP/1.1", .fails(.malformedTarget)),
        .line("NUL in the target", "9112 §3.2", "GET /a\0b HTTP/1.1", .fails(.malformedTarget)),
        .line("DEL in the target", "9112 §3.2", "GET /a\u{7f} HTTP/1.1", .fails(.malformedTarget)),
        .line("a tab in the target", "9112 §3.2", "GET /a\tb HTTP/1.1", .fails(.malformedTarget)),
        .line("a byte above ASCII", "3986 §2", "GET /\u{e4} HTTP/1.1", .fails(.malformedTarget)),
        .line("a quote in the path", "3986 §2", "GET /\" HTTP/1.1", .fails(.malformedTarget)),
        .line("a backslash in the path", "3986 §2", "GET /\\ HTTP/1.1", .fails(.malformedTarget)),
        .line("half an encoded byte", "3986 §2.1", "GET /%4 HTTP/1.1", .fails(.malformedTarget)),
        .line(
            "an encoded byte of no hex", "3986 §2.1", "GET /%zz HTTP/1.1", .fails(.malformedTarget)),
        .line("an encoded byte", "3986 §2.1", "GET /%4a HTTP/1.1", .reads(Reading(path: "/%4a"))),
        .line(
            "what browsers leave in queries", "3986 §3.4", "GET /?a=[{|}]^`50%\\ HTTP/1.1",
            .reads(Reading(path: "/?a=[{|}]^`50%\\"))),
        .line(
            "an absolute target", "9112 §3.2.2", "GET http://a.example/p HTTP/1.1",
            .reads(Reading(path: "/p"))),
        .line(
            "in another case", "9112 §3.2.2", "GET HTTP://A.Example/p HTTP/1.1",
            .reads(Reading(path: "/p"))),
        .line(
            "with the default port", "9110 §4.2.3", "GET http://a.example:80/ HTTP/1.1",
            .reads(Reading())),
        .line(
            "without path", "9112 §3.2.2", "GET http://a.example HTTP/1.1",
            .reads(Reading(path: ""))),
        .line(
            "only a query", "9112 §3.2.2", "GET http://a.example?q HTTP/1.1",
            .reads(Reading(path: "?q"))),
        .line(
            "another host than Host's", "9112 §3.2.2", "GET http://b.example/ HTTP/1.1",
            .fails(.differingAuthority)),
        .line(
            "another port than Host's", "9112 §3.2.2", "GET http://a.example:81/ HTTP/1.1",
            .fails(.differingAuthority)),
        .line(
            "user information", "9110 §4.2.4", "GET http://u@a.example/ HTTP/1.1",
            .fails(.malformedTarget)),
        .line("no host", "9110 §4.2.1", "GET http:///p HTTP/1.1", .fails(.malformedTarget)),
        .line(
            "another scheme", "9112 §3.2.2", "GET ftp://a.example/ HTTP/1.1",
            .fails(.malformedTarget)),
        .line("OPTIONS *", "9112 §3.2.4", "OPTIONS * HTTP/1.1", .reads(Reading(path: "*"))),
        .line("GET *", "9112 §3.2.4", "GET * HTTP/1.1", .fails(.malformedTarget)),
        .line("OPTIONS *x", "9112 §3.2.4", "OPTIONS *x HTTP/1.1", .fails(.malformedTarget)),
        .line(
            "CONNECT to another host", "9112 §3.2.3", "CONNECT b.example:443 HTTP/1.1",
            .fails(.differingAuthority)),
        RequestRow(
            "CONNECT", "9112 §3.2.3",
            "CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n",
            reads: Reading(port: 443, path: "")),
        .line(
            "CONNECT without port", "9112 §3.2.3", "CONNECT a.example HTTP/1.1",
            .fails(.malformedTarget)),
        .line(
            "CONNECT with a path", "9112 §3.2.3", "CONNECT /x HTTP/1.1", .fails(.malformedTarget)),
        .line(
            "an authority without CONNECT", "9112 §3.2.3", "GET a.example:443 HTTP/1.1",
            .fails(.malformedTarget)),
    ]

    static let lines: [RequestRow] = [
        .fields("a field without value", "9110 §5.5", "X:", .reads(Reading())),
        .fields("whitespace around the value", "9110 §5.5", "X: \t v \t ", .reads(Reading())),
        .fields("no whitespace", "9110 §5.5", "X:v", .reads(Reading())),
        .fields("bytes above ASCII in a value", "9110 §5.5", "X: \u{e4}\u{ff}", .reads(Reading())),
        .fields("a space before the colon", "9112 §5.1", "X : v", .fails(.whitespaceBeforeColon)),
        .fields("a tab before the colon", "9112 §5.1", "X\t: v", .fails(.whitespaceBeforeColon)),
        .fields("no name", "9112 §5.1", ": v", .fails(.emptyFieldName)),
        .fields("no colon", "9112 §5", "X", .fails(.malformedFieldName)),
        .fields("a name that is no token", "9110 §5.1", "X(y): v", .fails(.malformedFieldName)),
        .fields("NUL in a name", "9110 §5.1", "X\0: v", .fails(.malformedFieldName)),
        .fields(
            "a byte above ASCII in a name", "9110 §5.1", "\u{e4}: v", .fails(.malformedFieldName)),
        .fields("a folded line", "9112 §5.2", "X: a\r\n b", .fails(.foldedLine)),
        .fields("a line folded with a tab", "9112 §5.2", "X: a\r\n\tb", .fails(.foldedLine)),
        RequestRow(
            "whitespace before the first field", "9112 §2.2",
            "GET / HTTP/1.1\r\n Host: a.example\r\n\r\n", fails: .foldedLine),
        .fields("NUL in a value", "9110 §5.5", "X: a\0b", .fails(.controlByteInValue)),
        .fields("DEL in a value", "9110 §5.5", "X: \u{7f}", .fails(.controlByteInValue)),
        .fields("a control byte in a value", "9110 §5.5", "X: \u{1}", .fails(.controlByteInValue)),
        .fields("a vertical tab in a value", "9110 §5.5", "X: \u{b}v", .fails(.controlByteInValue)),
        .fields("a bare CR in a value", "9112 §2.2", "X: a\rb", .fails(.bareCarriageReturn)),
        .fields("CR CR LF", "9112 §2.2", "X: a\r\r\nY: b", .fails(.bareCarriageReturn)),
        .fields("a line that ends in LF", "9112 §2.2", "X: a\nY: b", .fails(.bareLineFeed)),
        .fields("a name that ends in LF", "9112 §2.2", "X\nY: b", .fails(.bareLineFeed)),
        RequestRow(
            "an empty line of LF", "9112 §2.2", "GET / HTTP/1.1\r\nHost: a.example\r\n\n",
            fails: .bareLineFeed),
        RequestRow(
            "an empty line of CR", "9112 §2.2", "GET / HTTP/1.1\r\nHost: a.example\r\n\rX",
            fails: .bareCarriageReturn),
        RequestRow(
            "what follows is left alone", "9112 §6",
            "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n\0next", reads: Reading(left: 5)),
    ]

    static let hosts: [RequestRow] = [
        RequestRow("no Host", "9112 §3.2", "GET / HTTP/1.1\r\n\r\n", fails: .missingHost),
        RequestRow(
            "no Host in HTTP/1.0", "9112 §3.2", "GET / HTTP/1.0\r\n\r\n",
            reads: Reading(keepsAlive: false, host: "")),
        RequestRow(
            "a target for a Host in HTTP/1.0", "9112 §3.2.2",
            "GET http://b.example:8/ HTTP/1.0\r\n\r\n",
            reads: Reading(keepsAlive: false, host: "b.example", port: 8)),
        RequestRow(
            "no Host beside an absolute target", "9112 §3.2",
            "GET http://a.example/ HTTP/1.1\r\n\r\n", fails: .missingHost),
        .fields("two that are equal", "9112 §3.2", "Host: a.example", .fails(.repeatedHost)),
        .fields("two that differ", "9112 §3.2", "hOST: b.example", .fails(.repeatedHost)),
        .host("an empty one", "9110 §4.2.1", "", .fails(.malformedHost)),
        .host("a port", "9110 §7.2", "a.example:8443", .reads(Reading(port: 8443))),
        .host("a colon without port", "3986 §3.2.3", "a.example:", .reads(Reading())),
        .host(
            "a port of 0 to 65535", "3986 §3.2.3", "a.example:65535", .reads(Reading(port: 65535))),
        .host("a port above 65535", "3986 §3.2.3", "a.example:65536", .fails(.malformedHost)),
        .host("a port of letters", "3986 §3.2.3", "a.example:https", .fails(.malformedHost)),
        .host("a port with a sign", "3986 §3.2.3", "a.example:+80", .fails(.malformedHost)),
        .host("two ports", "3986 §3.2.3", "a.example:80:80", .fails(.malformedHost)),
        .host("only a port", "9110 §4.2.1", ":80", .fails(.malformedHost)),
        .host("user information", "9110 §4.2.4", "u@a.example", .fails(.malformedHost)),
        .host("a path", "9110 §7.2", "a.example/x", .fails(.malformedHost)),
        .host("a URL", "9110 §7.2", "http://a.example", .fails(.malformedHost)),
        .host("two names", "9112 §3.2", "a.example, b.example", .fails(.malformedHost)),
        .host(
            "two names without space", "3986 §3.2.2", "a.example,b.example", .fails(.malformedHost)),
        .host("a space within", "3986 §3.2.2", "a. example", .fails(.malformedHost)),
        .host("an encoded byte", "3986 §3.2.2", "%61.example", .fails(.malformedHost)),
        .host("a byte above ASCII", "3986 §3.2.2", "\u{e4}.example", .fails(.malformedHost)),
        .host("an underscore", "3986 §3.2.2", "a_b.example", .reads(Reading(host: "a_b.example"))),
        .host("an IPv4 address", "3986 §3.2.2", "192.0.2.1", .reads(Reading(host: "192.0.2.1"))),
        .host(
            "an IPv6 address", "3986 §3.2.2", "[2001:db8::1]:443",
            .reads(Reading(host: "[2001:db8::1]", port: 443))),
        .host(
            "IPv4 in IPv6", "3986 §3.2.2", "[::ffff:192.0.2.1]",
            .reads(Reading(host: "[::ffff:192.0.2.1]"))),
        .host("two runs of zeros", "3986 §3.2.2", "[1::2::3]", .fails(.malformedHost)),
        .host("IPv4 in brackets", "3986 §3.2.2", "[192.0.2.1]", .fails(.malformedHost)),
        .host("a zone", "6874", "[fe80::1%25eth0]", .fails(.malformedHost)),
        .host("an open bracket", "3986 §3.2.2", "[::1", .fails(.malformedHost)),
        .host("something behind a bracket", "3986 §3.2.2", "[::1]x", .fails(.malformedHost)),
        .host("IPv6 without brackets", "3986 §3.2.2", "2001:db8::1", .fails(.malformedHost)),
        .host("255 bytes", "3986 §3.2.2", long(255), .reads(Reading(host: long(255)))),
        .host("256 bytes", "3986 §3.2.2", long(256), .fails(.malformedHost)),
    ]

    private static func long(_ count: Int) -> String { String(repeating: "h", count: count) }
}
