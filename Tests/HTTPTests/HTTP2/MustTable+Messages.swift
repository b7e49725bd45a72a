// SPDX-License-Identifier: Apache-2.0
import HTTP

/// What a message must look like (RFC 9113 §8).
extension MustTable {
    static let requests: [MustRow] = [
        .request("a request", "9113 §8.3.1", get(), .served()),
        .request("a request of any method", "9110 §9.1", get(method: "BREW"), .served("BREW /")),
        .request("HEAD", "9110 §9.3.2", get(method: "HEAD"), .served("HEAD /")),
        .request(
            "OPTIONS of everything", "9113 §8.3.1", get("*", method: "OPTIONS"),
            .served("OPTIONS *")),
        .request("TE: trailers", "9113 §8.2.2", get(and: [("te", "trailers")]), .served()),
        .request(
            "Host that says the same", "9113 §8.3.1", get(and: [("host", "A.example")]),
            .served()),
        .request(
            "Host instead of :authority", "9113 §8.3.1",
            without(":authority", get(and: [("host", "a.example")])), .served()),
        .request("an upper-case name", "9113 §8.2.1", get(and: [("X-Test", "1")]), .malformed),
        .request("an empty name", "9113 §8.2.1", get(and: [("", "1")]), .malformed),
        .request("a blank in a name", "9113 §8.2.1", get(and: [("x y", "1")]), .malformed),
        .request("a colon in a name", "9113 §8.2.1", get(and: [("x:y", "1")]), .malformed),
        .request("NUL in a value", "9113 §8.2.1", get(and: [("x", "a\u{0}b")]), .malformed),
        .request("CR in a value", "9113 §8.2.1", get(and: [("x", "a\rb")]), .malformed),
        .request("LF in a value", "9113 §8.2.1", get(and: [("x", "a\nb: c")]), .malformed),
        .request("a blank before a value", "9113 §8.2.1", get(and: [("x", " a")]), .malformed),
        .request("a blank behind a value", "9113 §8.2.1", get(and: [("x", "a\t")]), .malformed),
        .request("Connection", "9113 §8.2.2", get(and: [("connection", "close")]), .malformed),
        .request("Keep-Alive", "9113 §8.2.2", get(and: [("keep-alive", "5")]), .malformed),
        .request(
            "Proxy-Connection", "9113 §8.2.2", get(and: [("proxy-connection", "close")]),
            .malformed),
        .request(
            "Transfer-Encoding", "9113 §8.2.2", get(and: [("transfer-encoding", "chunked")]),
            .malformed),
        .request("Upgrade", "9113 §8.2.2", get(and: [("upgrade", "websocket")]), .malformed),
        .request("TE other than trailers", "9113 §8.2.2", get(and: [("te", "gzip")]), .malformed),
        .request(
            "an unknown pseudo-header field", "9113 §8.3", [(":test", "1")] + get(),
            .malformed),
        .request(
            "an answer's pseudo-header field", "9113 §8.3", [(":status", "200")] + get(),
            .malformed),
        .request(
            "a pseudo-header field behind others", "9113 §8.3",
            [("x", "y")] + get(), .malformed),
        .request("no :method", "9113 §8.3.1", without(":method", get()), .malformed),
        .request("no :scheme", "9113 §8.3.1", without(":scheme", get()), .malformed),
        .request("no :path", "9113 §8.3.1", without(":path", get()), .malformed),
        .request(
            "neither :authority nor Host", "9113 §8.3.1", without(":authority", get()),
            .malformed),
        .request("two :method", "9113 §8.3.1", [(":method", "GET")] + get(), .malformed),
        .request("two :scheme", "9113 §8.3.1", [(":scheme", "https")] + get(), .malformed),
        .request("two :path", "9113 §8.3.1", [(":path", "/")] + get(), .malformed),
        .request(
            "two :authority", "9113 §8.3.1", [(":authority", "a.example")] + get(),
            .malformed),
        .request(
            "two Host", "9112 §3.2", get(and: [("host", "a.example"), ("host", "a.example")]),
            .malformed),
        .request("an empty :path", "9113 §8.3.1", get(""), .malformed),
        .request("a path without its slash", "9113 §8.3.1", get("x"), .malformed),
        .request("an absolute target", "9113 §8.3.1", get("https://a.example/"), .malformed),
        .request("* for GET", "9113 §8.3.1", get("*"), .malformed),
        .request("a blank in the path", "9113 §8.3.1", get("/a b"), .malformed),
        .request("a fragment in the path", "9113 §8.3.1", get("/a#b"), .malformed),
        .request("a byte above ASCII in the path", "9113 §8.3.1", get("/ä"), .malformed),
        .request("half an encoded byte in the path", "3986 §2.1", get("/%4"), .malformed),
        .request("an empty method", "9110 §9.1", get(method: ""), .malformed),
        .request("a method that is no token", "9110 §9.1", get(method: "G T"), .malformed),
        .request("another scheme", "9113 §8.3.1", with(":scheme", "ftp", get()), .malformed),
        .request("an empty scheme", "9113 §8.3.1", with(":scheme", "", get()), .malformed),
        .request(
            "a user in the authority", "9113 §8.3.1",
            with(":authority", "u@a.example", get()), .malformed),
        .request("an empty authority", "9113 §8.3.1", with(":authority", "", get()), .malformed),
        .request(
            "an authority that is none", "9110 §4.2", with(":authority", "a/b", get()),
            .malformed),
        .request(
            "Host that says otherwise", "9113 §8.3.1",
            get(and: [("host", "b.example")]), .malformed),
        .request(
            "Host with another port", "9113 §8.3.1",
            get(and: [("host", "a.example:8443")]), .malformed),
        .request(
            "an empty Host", "9112 §3.2",
            without(":authority", get(and: [("host", "")])), .malformed),
    ]

    static let lengths: [MustRow] = [
        MustRow(
            "as much content as was said", "9113 §8.1.1", post(length: "6"), .data(1, "abc"),
            .data(1, "def", flags: 1),
            outcome: .happens([uploading, .data(1, "abcdef", ends: true)])),
        MustRow(
            "less content than was said", "9113 §8.1.1", post(length: "4"),
            .data(1, "abc", flags: 1), outcome: .stream(1, .protocolError)),
        MustRow(
            "less content than was said, in several frames", "9113 §8.1.1", post(length: "7"),
            .data(1, "abc"), .data(1, "def", flags: 1), outcome: .stream(1, .protocolError)),
        MustRow(
            "more content than was said", "9113 §8.1.1", post(length: "2"), .data(1, "abc"),
            outcome: .stream(1, .protocolError)),
        MustRow(
            "content where none was said to come", "9113 §8.1.1", post(length: "0"),
            .data(1, "a", flags: 1), outcome: .stream(1, .protocolError)),
        MustRow(
            "no content where none was said to come", "9113 §8.1.1", post(length: "0"),
            .data(1, flags: 1), outcome: .happens([uploading, .data(1, "", ends: true)])),
        MustRow(
            "padding is no content", "9113 §8.1.1", post(length: "3"),
            .data(1, bytes: [2] + Array("abc".utf8) + [0, 0], flags: 0x09),
            outcome: .happens([uploading, .data(1, "abc", ends: true)])),
        .request(
            "no content at all", "9113 §8.1.1",
            get(method: "POST", and: [("content-length", "1")]), .malformed),
        .request(
            "a length of 0 and no content", "9113 §8.1.1",
            get(method: "POST", and: [("content-length", "0")]), .served("POST /")),
        .request(
            "two lengths", "9110 §8.6",
            get(and: [("content-length", "0"), ("content-length", "0")]), .malformed),
        .request(
            "a list of lengths", "9110 §8.6", get(and: [("content-length", "0, 0")]),
            .malformed),
        .request(
            "a length with a sign", "9110 §8.6", get(and: [("content-length", "+0")]),
            .malformed),
        .request("an empty length", "9110 §8.6", get(and: [("content-length", "")]), .malformed),
    ]

    static let trailers: [MustRow] = [
        MustRow(
            "trailers end a request", "9113 §8.1", upload, .data(1, "abc"),
            .headers(1, [("x-sum", "1"), ("host", "b.example"), ("content-length", "9")]),
            outcome: .happens([
                uploading, .data(1, "abc", ends: false), .trailers(1, "x-sum: 1"),
            ])),
        MustRow(
            "trailers come last", "9113 §8.1", upload, .data(1, "abc"),
            .headers(1, [("x-sum", "1")], flags: 0x04), outcome: .stream(1, .protocolError)),
        MustRow(
            "a second request on a stream is refused", "9113 §8.1", upload,
            .headers(1, get(), flags: 0x04), outcome: .stream(1, .protocolError)),
        MustRow(
            "trailers have no pseudo-header fields", "9113 §8.1", upload,
            .headers(1, [(":method", "GET"), ("x", "y")]), outcome: .stream(1, .protocolError)),
        MustRow(
            "trailers are fields like others", "9113 §8.2.1", upload,
            .headers(1, [("X-Sum", "1")]), outcome: .stream(1, .protocolError)),
        MustRow(
            "trailers come when all content has", "9113 §8.1.1", post(length: "4"),
            .data(1, "abc"), .headers(1, [("x-sum", "1")]),
            outcome: .stream(1, .protocolError)),
        MustRow(
            "trailers of an answer", "9113 §8.1", role: .client, .ask(.get, ends: true),
            .send(
                .headers(1, [(":status", "200")], flags: 0x04),
                .headers(1, [("grpc-status", "0")])),
            outcome: .happens([
                .answer(1, 200, ends: false), .trailers(1, "grpc-status: 0"),
            ])),
        MustRow(
            "trailers of an answer have no status", "9113 §8.1", role: .client,
            .ask(.get, ends: true),
            .send(
                .headers(1, [(":status", "200")], flags: 0x04), .headers(1, [(":status", "200")])),
            outcome: .stream(1, .protocolError)),
    ]

    static let tunnels: [MustRow] = [
        MustRow(
            "CONNECT", "9113 §8.5",
            .headers(1, [(":method", "CONNECT"), (":authority", "a.example:443")], flags: 0x04),
            .data(1, "abc"),
            outcome: .happens([
                .request(1, "CONNECT ", ends: false), .data(1, "abc", ends: false),
            ])),
        .request("CONNECT with a path", "9113 §8.5", get(method: "CONNECT"), .malformed),
        .request(
            "CONNECT without a port", "9110 §9.3.6",
            [(":method", "CONNECT"), (":authority", "a.example")], .malformed),
        .request("CONNECT to nothing", "9113 §8.5", [(":method", "CONNECT")], .malformed),
        .request(
            "CONNECT with a length", "9110 §9.3.6",
            [
                (":method", "CONNECT"), (":authority", "a.example:443"), ("content-length", "0"),
            ], .malformed),
        MustRow(
            "extended CONNECT", "8441 §4",
            .headers(1, [(":protocol", "websocket")] + get("/chat", method: "CONNECT"), flags: 4),
            outcome: .served("CONNECT /chat", ends: false)),
        .request(
            "a protocol for another method", "8441 §4", [(":protocol", "websocket")] + get(),
            .malformed),
        .request(
            "an empty protocol", "8441 §4", [(":protocol", "")] + get(method: "CONNECT"),
            .malformed),
        .request(
            "extended CONNECT without a path", "8441 §4",
            [(":protocol", "websocket")] + without(":path", get(method: "CONNECT")), .malformed),
    ]

    static let answers: [MustRow] = [
        .answer(
            "an answer", "9113 §8.3.2", [(":status", "404")],
            .happens([.answer(1, 404, ends: true)])),
        .answer("no :status", "9113 §8.3.2", [("x", "y")], .malformed),
        .answer(
            "two :status", "9113 §8.3.2", [(":status", "200"), (":status", "200")],
            .malformed),
        .answer("a status of two digits", "9110 §15", [(":status", "20")], .malformed),
        .answer("a status that is no number", "9110 §15", [(":status", "2xx")], .malformed),
        .answer("a status of 600", "9110 §15", [(":status", "600")], .malformed),
        .answer("a status of 099", "9110 §15", [(":status", "099")], .malformed),
        .answer("101", "9113 §8.6", [(":status", "101")], .malformed),
        .answer(
            "a request's pseudo-header field", "9113 §8.3",
            [(":status", "200"), (":path", "/")], .malformed),
        .answer("an interim answer that ends", "9113 §8.1", [(":status", "103")], .malformed),
        .answer(
            "Connection", "9113 §8.2.2", [(":status", "200"), ("connection", "close")],
            .malformed),
        .answer(
            "less content than was said", "9113 §8.1.1",
            [(":status", "200"), ("content-length", "1")], .malformed),
        .answer(
            "the length of what did not change", "9110 §8.6",
            [(":status", "304"), ("content-length", "5")],
            .happens([.answer(1, 304, ends: true)])),
        client(
            "interim answers", "9113 §8.1",
            .send(
                .headers(1, [(":status", "100")], flags: 4),
                .headers(1, [(":status", "103")], flags: 4),
                .headers(1, [(":status", "200")], flags: 4), .data(1, "abc", flags: 1)),
            .happens([
                .answer(1, 100, ends: false), .answer(1, 103, ends: false),
                .answer(1, 200, ends: false), .data(1, "abc", ends: true),
            ])),
        client("content before the head", "9113 §8.1", .send(.data(1, "abc")), .malformed),
        client(
            "content after an interim answer", "9113 §8.1",
            .send(.headers(1, [(":status", "100")], flags: 4), .data(1, "abc")), .malformed),
        client(
            "more content than was said", "9113 §8.1.1",
            .send(
                .headers(1, [(":status", "200"), ("content-length", "2")], flags: 4),
                .data(1, "abc")),
            .malformed),
        client(
            "content of 204", "9110 §15.3.5",
            .send(.headers(1, [(":status", "204")], flags: 4), .data(1, "abc")), .malformed),
        client(
            "a second head", "9113 §8.1",
            .send(
                .headers(1, [(":status", "200")], flags: 4),
                .headers(1, [(":status", "200")], flags: 4)),
            .malformed),
        MustRow(
            "the length of what HEAD asked about", "9110 §8.6", role: .client,
            .ask(.head, ends: true),
            .send(
                .headers(1, [(":status", "200"), ("content-length", "5")], flags: 4),
                .data(1, flags: 1)),
            outcome: .happens([.answer(1, 200, ends: false), .data(1, "", ends: true)])),
        MustRow(
            "content of what HEAD asked about", "9110 §9.3.2", role: .client,
            .ask(.head, ends: true),
            .send(.headers(1, [(":status", "200")], flags: 4), .data(1, "abc")),
            outcome: .malformed),
    ]

    private static func client(
        _ claim: String, _ section: String, _ step: MustRow.Step, _ outcome: MustRow.Outcome
    ) -> MustRow {
        MustRow(
            claim, section, role: .client, .ask(.get, ends: true), step, outcome: outcome)
    }

    private static func post(length: String) -> Frame {
        .headers(1, get(method: "POST", and: [("content-length", length)]), flags: 0x04)
    }

    private static func without(
        _ name: String, _ fields: [(String, String)]
    ) -> [(String, String)] {
        fields.filter { $0.0 != name }
    }

    private static func with(
        _ name: String, _ value: String, _ fields: [(String, String)]
    ) -> [(String, String)] {
        fields.map { $0.0 == name ? (name, value) : $0 }
    }
}
