// SPDX-License-Identifier: Apache-2.0
import HTTP
import Testing

/// One response, what must become of it, and the section that says so.
struct ResponseRow: Sendable, CustomTestStringConvertible {
    let claim: String
    let section: String
    let bytes: [UInt8]
    let method: HTTP.Method
    let verdict: Verdict<ResponseReading>

    var testDescription: String { "\(claim) [\(section)]" }

    init(
        _ claim: String, _ section: String, _ text: String, answering method: HTTP.Method = .get,
        _ verdict: Verdict<ResponseReading>
    ) {
        self.claim = claim
        self.section = section
        self.method = method
        self.verdict = verdict
        bytes = Array(latin1: text)
    }
}

enum ResponseCorpus {
    static let ended = ResponseReading(framing: .none, keepsAlive: true)

    static func line(
        _ claim: String, _ line: String, _ verdict: Verdict<ResponseReading>
    ) -> ResponseRow {
        ResponseRow(claim, "9112 §4", "\(line)\r\nContent-Length: 0\r\n\r\n", verdict)
    }

    static func framing(
        _ claim: String, _ section: String, _ status: Int, _ lines: [String],
        answering method: HTTP.Method = .get, _ verdict: Verdict<ResponseReading>
    ) -> ResponseRow {
        let lines = lines.map { $0 + "\r\n" }.joined()
        return ResponseRow(
            claim, section, "HTTP/1.1 \(status) X\r\n\(lines)\r\n", answering: method, verdict)
    }

    static let all: [ResponseRow] = [
        line("a plain response", "HTTP/1.1 200 OK", .reads(ended)),
        line("no reason", "HTTP/1.1 200 ", .reads(ended)),
        line("no space before no reason", "HTTP/1.1 200", .reads(ended)),
        line("a reason of several words", "HTTP/1.1 200 All \u{e4} right", .reads(ended)),
        line("two spaces before the status", "HTTP/1.1  200 OK", .fails(.malformedStatus)),
        line("two digits", "HTTP/1.1 20 OK", .fails(.malformedStatus)),
        line("four digits", "HTTP/1.1 2000 OK", .fails(.malformedStatus)),
        line("below 100", "HTTP/1.1 099 OK", .fails(.malformedStatus)),
        line("above 599", "HTTP/1.1 600 OK", .fails(.malformedStatus)),
        line("another version", "HTTP/2.0 200 OK", .fails(.unsupportedVersion)),
        line("no version", "ICY 200 OK", .fails(.malformedVersion)),
        line("NUL in the reason", "HTTP/1.1 200 O\0K", .fails(.controlByteInValue)),
        line("a bare CR in the reason", "HTTP/1.1 200 O\rK", .fails(.bareCarriageReturn)),
        line("a bare LF", "HTTP/1.1 200 OK\nX: y", .fails(.bareLineFeed)),
        ResponseRow(
            "an empty line before it", "9112 §4", "\r\nHTTP/1.1 200", .fails(.malformedVersion)),
        ResponseRow("HTML", "9112 §4", "<html>", .fails(.malformedVersion)),
        ResponseRow("half a response", "9112 §4", "HTTP/1.1 200 OK\r\n", .needsMore),
        framing(
            "a length", "9112 §6.3", 200, ["Content-Length: 7"],
            .reads(ResponseReading(framing: .length(7), keepsAlive: true))),
        framing(
            "chunked", "9112 §6.3", 200, ["Transfer-Encoding: chunked"],
            .reads(ResponseReading(framing: .chunked, keepsAlive: true))),
        framing("neither", "9112 §6.3", 200, [], .reads(ResponseReading())),
        framing(
            "close", "9112 §9.6", 200, ["Content-Length: 7", "Connection: close"],
            .reads(ResponseReading(framing: .length(7)))),
        framing(
            "both", "9112 §6.3", 200, ["Content-Length: 7", "Transfer-Encoding: chunked"],
            .fails(.contentLengthAndTransferEncoding)),
        framing(
            "two lengths", "9112 §6.3", 200, ["Content-Length: 7", "Content-Length: 8"],
            .fails(.repeatedContentLength)),
        framing(
            "a list of lengths", "9112 §6.3", 200, ["Content-Length: 7,7"],
            .fails(.malformedContentLength)),
        framing(
            "another coding", "9112 §6.1", 200, ["Transfer-Encoding: gzip"],
            .fails(.malformedTransferEncoding)),
        framing("a folded line", "9112 §5.2", 200, ["X: a", " b"], .fails(.foldedLine)),
        framing(
            "a space before the colon", "9112 §5.1", 200, ["X : a"],
            .fails(.whitespaceBeforeColon)),
        framing(
            "an answer to HEAD", "9112 §6.3", 200, ["Content-Length: 7"], answering: .head,
            .reads(ended)),
        framing(
            "chunked to HEAD", "9112 §6.3", 200, ["Transfer-Encoding: chunked"],
            answering: .head, .reads(ended)),
        framing(
            "204", "9112 §6.3", 204, ["Content-Length: 7"],
            .reads(ResponseReading(status: 204, framing: .none, keepsAlive: true))),
        framing(
            "304", "9112 §6.3", 304, ["Content-Length: 7"],
            .reads(ResponseReading(status: 304, framing: .none, keepsAlive: true))),
        framing(
            "103", "9112 §6.3", 103, ["Link: </s>"],
            .reads(ResponseReading(status: 103, framing: .none, keepsAlive: true))),
        framing(
            "101", "9112 §6.3", 101, ["Upgrade: x"],
            .reads(ResponseReading(status: 101, framing: .none, keepsAlive: true))),
        framing(
            "2xx to CONNECT", "9112 §6.3", 200, ["Content-Length: 7"], answering: .connect,
            .reads(ended)),
        framing(
            "4xx to CONNECT", "9112 §6.3", 407, ["Content-Length: 7"], answering: .connect,
            .reads(ResponseReading(status: 407, framing: .length(7), keepsAlive: true))),
        ResponseRow(
            "HTTP/1.0 closes", "9112 §9.3",
            "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nab",
            .reads(ResponseReading(framing: .length(2), left: 2))),
        ResponseRow(
            "HTTP/1.0 that keeps alive", "9112 §9.3",
            "HTTP/1.0 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nab",
            .reads(ResponseReading(framing: .length(2), keepsAlive: true, left: 2))),
        ResponseRow(
            "chunked in HTTP/1.0", "9112 §6.1",
            "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            .fails(.transferEncodingInHTTP10)),
    ]
}

@Suite struct ResponseParserTests {
    @Test(arguments: ResponseCorpus.all)
    func `each response gets its verdict however it is cut`(row: ResponseRow) {
        for cut in Cut.allCases {
            for seed in 1...(cut == .random ? 20 : 1) {
                let verdict = readResponse(
                    row.bytes, answering: row.method, cut: cut, seed: UInt64(seed))
                #expect(verdict == row.verdict, "cut \(cut), seed \(seed)")
            }
        }
    }

    @Test(arguments: [(32768, nil), (32769, HTTP1Error.headTooLarge)])
    func `a head is bounded`(length: Int, error: HTTP1Error?) {
        let start = "HTTP/1.1 204 OK\r\nX: "
        let value = String(repeating: "v", count: length - start.utf8.count - 4)
        let bytes = Array(latin1: start + value + "\r\n\r\n")
        let reading = ResponseReading(status: 204, framing: .none, keepsAlive: true)
        for cut in Cut.allCases {
            #expect(
                readResponse(bytes, cut: cut) == error.map { .fails($0) } ?? .reads(reading))
        }
    }

    @Test func `an interim response is followed by the final one`() throws {
        let bytes = Array("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 Done\r\n\r\n".utf8)
        var parser = ResponseParser()
        var head = ResponseHead()
        let first = try parser.parse(bytes.span, answering: .get, into: &head)
        #expect(first == .complete(consumed: 25))
        #expect(head.isInterim)
        let rest = bytes.span.extracting(25..<bytes.count)
        #expect(try parser.parse(rest, answering: .get, into: &head) == .complete(consumed: 21))
        #expect(!head.isInterim)
        #expect(head.withReason { $0.count } == 4)
    }

    @Test func `no mutation of a response traps or depends on the cut`() {
        var random = SeededGenerator(seed: 7)
        for seed in 0..<4000 {
            let row = ResponseCorpus.all.randomElement(using: &random)!
            let bytes = mutated(row.bytes, using: &random)
            let whole = readResponse(bytes, answering: row.method)
            let cut = readResponse(bytes, answering: row.method, cut: .random, seed: UInt64(seed))
            #expect(cut == whole, "seed \(seed)")
        }
    }
}
