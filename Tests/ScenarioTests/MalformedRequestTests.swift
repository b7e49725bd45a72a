// SPDX-License-Identifier: Apache-2.0
import TestSupport
import Testing

extension Scenarios {
    /// Whatever two parsers could read in two ways is refused, and the origin never hears of it.
    @Suite(.serialized) struct MalformedRequests {
        struct Row: Sendable {
            let what: String
            let status: String
            let request: String

            init(_ what: String, _ request: String) { self.init(what, "400", request) }

            init(_ what: String, _ status: String, _ request: String) {
                self.what = what
                self.status = status
                self.request = request.replacing("HOST", with: "Host: \(Front.name)")
            }
        }

        static let rows: [Row] = [
            Row("obs-fold", "GET /bad HTTP/1.1\r\nHOST\r\nX-A: 1\r\n folded\r\n\r\n"),
            Row("bare CR in a value", "GET /bad HTTP/1.1\r\nHOST\r\nX-A: 1\r2\r\n\r\n"),
            Row("bare LF as a line's end", "GET /bad HTTP/1.1\nHOST\n\n"),
            Row("bare LF between fields", "GET /bad HTTP/1.1\r\nHOST\r\nX-A: 1\nX-B: 2\r\n\r\n"),
            Row("no Host", "GET /bad HTTP/1.1\r\nX-A: 1\r\n\r\n"),
            Row("two Hosts", "GET /bad HTTP/1.1\r\nHOST\r\nHOST\r\n\r\n"),
            Row("an invalid Host", "GET /bad HTTP/1.1\r\nHost: a b\r\n\r\n"),
            Row("Host with a path", "GET /bad HTTP/1.1\r\nHOST/x\r\n\r\n"),
            Row("Host with userinfo", "GET /bad HTTP/1.1\r\nHost: u@app.customer.test\r\n\r\n"),
            Row(
                "length and chunked",
                "POST /bad HTTP/1.1\r\nHOST\r\nContent-Length: 5\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
            Row(
                "two lengths that differ",
                "POST /bad HTTP/1.1\r\nHOST\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!"
            ),
            Row(
                "a list of lengths that differ",
                "POST /bad HTTP/1.1\r\nHOST\r\nContent-Length: 5, 6\r\n\r\nhello!"),
            Row(
                "a length with a sign",
                "POST /bad HTTP/1.1\r\nHOST\r\nContent-Length: +5\r\n\r\nhello"),
            Row(
                "a negative length",
                "POST /bad HTTP/1.1\r\nHOST\r\nContent-Length: -5\r\n\r\nhello"),
            Row(
                "a length past 64 bits",
                "POST /bad HTTP/1.1\r\nHOST\r\nContent-Length: 99999999999999999999\r\n\r\n"),
            Row(
                "a length in hexadecimal",
                "POST /bad HTTP/1.1\r\nHOST\r\nContent-Length: 0x5\r\n\r\nhello"),
            Row(
                "chunked not last",
                "POST /bad HTTP/1.1\r\nHOST\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n"),
            Row(
                "chunked twice",
                "POST /bad HTTP/1.1\r\nHOST\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"
            ),
            Row(
                "chunked by another name",
                "POST /bad HTTP/1.1\r\nHOST\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
            Row(
                "chunked in HTTP/1.0",
                "POST /bad HTTP/1.0\r\nHOST\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
            Row("NUL in a value", "GET /bad HTTP/1.1\r\nHOST\r\nX-A: a\0b\r\n\r\n"),
            Row("a control byte in a value", "GET /bad HTTP/1.1\r\nHOST\r\nX-A: a\u{1}b\r\n\r\n"),
            Row("NUL in the target", "GET /bad\0 HTTP/1.1\r\nHOST\r\n\r\n"),
            Row("a space before the colon", "GET /bad HTTP/1.1\r\nHOST\r\nX-A : 1\r\n\r\n"),
            Row("a space before the first name", "GET /bad HTTP/1.1\r\n HOST\r\n\r\n"),
            Row("a field without a colon", "GET /bad HTTP/1.1\r\nHOST\r\nnonsense\r\n\r\n"),
            Row("an empty field name", "GET /bad HTTP/1.1\r\nHOST\r\n: 1\r\n\r\n"),
            Row("a field name that is no token", "GET /bad HTTP/1.1\r\nHOST\r\nX(A): 1\r\n\r\n"),
            Row("a method that is no token", "G@T /bad HTTP/1.1\r\nHOST\r\n\r\n"),
            Row("no version", "GET /bad\r\nHOST\r\n\r\n"),
            Row("another protocol", "GET /bad HTTQ/1.1\r\nHOST\r\n\r\n"),
            Row("two spaces in the request line", "GET  /bad HTTP/1.1\r\nHOST\r\n\r\n"),
            Row("a tab in the request line", "GET\t/bad HTTP/1.1\r\nHOST\r\n\r\n"),
            Row("garbage", "\u{16}\u{3}\u{1}garbage\r\n\r\n"),
            Row("a target of 1 MB", "414", "GET /\(String(repeating: "a", count: 1 << 20)) "),
            Row(
                "a head of 1 MB", "431",
                "GET /bad HTTP/1.1\r\nHOST\r\nX-A: \(String(repeating: "a", count: 1 << 20))"),
            Row(
                "too many fields", "431",
                "GET /bad HTTP/1.1\r\nHOST\r\n\(String(repeating: "X-A: 1\r\n", count: 20_000))"),
        ]

        /// The head of these is sound, so that the origin may have heard it; their end it must not.
        static let chunks = [
            "g\r\nhello\r\n0\r\n\r\n", "-5\r\nhello\r\n0\r\n\r\n", "5\nhello\n0\n\n",
            "5 \r\nhello\r\n0\r\n\r\n", "5;\u{1}x\r\nhello\r\n0\r\n\r\n",
            "5\r\nhelloX\r\n0\r\n\r\n",
            "FFFFFFFFFFFFFFFFF\r\nhello", "0x5\r\nhello\r\n0\r\n\r\n", "\r\nhello\r\n0\r\n\r\n",
            "5;\(String(repeating: "a", count: 100_000))\r\nhello\r\n0\r\n\r\n",
        ]

        @Test func `a malformed request is answered by an error and not forwarded`() async throws {
            try await Lab.play { lab in
                let front = try await Front(lab)
                let answers = try await front.client.send(
                    raw: Self.rows.map { Array($0.request.utf8) }, name: Front.name, parallel: 8)
                for (row, answer) in zip(Self.rows, answers) {
                    #expect(
                        answer.text.hasPrefix("HTTP/1.1 \(row.status)"),
                        "\(row.what): \(answer.text.prefix(100))")
                    #expect(answer.closed, "\(row.what)")
                }
                #expect(try await front.origin.seen()["requests"] == 0)
            }
        }

        @Test func `a malformed chunk ends the request and both connections`() async throws {
            try await Lab.play { lab in
                let front = try await Front(lab)
                let head =
                    "POST /echo HTTP/1.1\r\nHost: \(Front.name)\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n"
                let next = "GET /smuggled HTTP/1.1\r\nHost: \(Front.name)\r\n\r\n"
                let answers = try await front.client.send(
                    raw: Self.chunks.map { Array((head + $0 + next).utf8) }, name: Front.name,
                    parallel: 8)
                for (chunk, answer) in zip(Self.chunks, answers) {
                    let what = chunk.prefix(20).debugDescription
                    #expect(answer.text.hasPrefix("HTTP/1.1 400"), "\(what): \(answer.text)")
                    #expect(answer.closed, "\(what)")
                }
                let targets = try await front.origin.seen()["targets"].array
                #expect(!targets.contains("/smuggled"))
                #expect(try await front.client.visit(Front.name).status == 200)
            }
        }
    }
}
