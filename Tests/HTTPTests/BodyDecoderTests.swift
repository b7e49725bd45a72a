// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking
import Testing

/// One chunked body, what must become of it, and the section that says so.
struct BodyRow: Sendable, CustomTestStringConvertible {
    let claim: String
    let section: String
    let bytes: [UInt8]
    let verdict: Verdict<BodyReading>

    var testDescription: String { "\(claim) [\(section)]" }

    init(
        _ claim: String, _ section: String, _ text: String, _ verdict: Verdict<BodyReading>
    ) {
        self.claim = claim
        self.section = section
        self.verdict = verdict
        bytes = Array(latin1: text)
    }

    /// A row about what follows a chunk's size.
    static func suffix(
        _ claim: String, _ suffix: String, _ error: HTTP1Error? = nil
    ) -> BodyRow {
        BodyRow(
            claim, "9112 §7.1.1", "3\(suffix)\r\nabc\r\n0\r\n\r\n",
            error.map { .fails($0) } ?? .reads(BodyReading(content: "abc")))
    }

    /// A row about a chunk's size.
    static func size(_ claim: String, _ size: String, _ error: HTTP1Error) -> BodyRow {
        BodyRow(claim, "9112 §7.1", "\(size)\r\nabc\r\n0\r\n\r\n", .fails(error))
    }

    /// A row about the trailer section.
    static func trailers(
        _ claim: String, _ lines: String, _ verdict: Verdict<BodyReading>
    ) -> BodyRow {
        BodyRow(claim, "9112 §7.1.2", "0\r\n\(lines)\r\n", verdict)
    }
}

enum BodyCorpus {
    static let all: [BodyRow] = [
        BodyRow("no content", "9112 §7.1", "0\r\n\r\nrest", .reads(BodyReading(left: 4))),
        BodyRow(
            "two chunks", "9112 §7.1", "3\r\nabc\r\n00A\r\n0123456789\r\n0\r\n\r\n",
            .reads(BodyReading(content: "abc0123456789"))),
        BodyRow(
            "content that looks like a chunk", "9112 §7.1", "5\r\n0\r\n\r\n\r\n0\r\n\r\n",
            .reads(BodyReading(content: "0\r\n\r\n"))),
        BodyRow("zeros without end", "9112 §7.1", "0000", .needsMore),
        BodyRow("half of it", "9112 §7.1", "3\r\nab", .needsMore),
        BodyRow("all but the last byte", "9112 §7.1", "0\r\n\r", .needsMore),
        BodyRow(
            "a size of 16 digits", "9112 §7.1", "0000000000000003\r\nabc\r\n0\r\n\r\n",
            .reads(BodyReading(content: "abc"))),
        .size("17 digits", "00000000000000003", .chunkSizeTooLarge),
        .size("over 63 bits", "8000000000000000", .chunkSizeTooLarge),
        .size("over 64 bits", "10000000000000003", .chunkSizeTooLarge),
        .size("no digits", "", .malformedChunkSize),
        .size("a sign", "+3", .malformedChunkSize),
        .size("a negative size", "-3", .malformedChunkSize),
        .size("a prefix", "0x3", .malformedChunkSize),
        .size("an underscore", "1_0", .malformedChunkSize),
        .size("a space before it", " 3", .malformedChunkSize),
        .size("a letter behind it", "3g", .malformedChunkSize),
        .size("only an extension", ";a", .malformedChunkSize),
        BodyRow("a size that ends in LF", "9112 §7.1", "3\nabc\r\n", .fails(.bareLineFeed)),
        BodyRow("a size that ends in CR", "9112 §7.1", "3\rabc", .fails(.bareCarriageReturn)),
        BodyRow("content that ends in LF", "9112 §7.1", "3\r\nabc\n0", .fails(.bareLineFeed)),
        BodyRow("content that ends in CR", "9112 §7.1", "3\r\nabc\rX", .fails(.bareCarriageReturn)),
        BodyRow("longer than its size", "9112 §7.1", "3\r\nabcd\r\n", .fails(.malformedChunkEnd)),
        BodyRow(
            "shorter than its size", "9112 §7.1", "4\r\nabc\r\n0\r\n\r\n",
            .fails(.bareLineFeed)),
        .suffix("an extension", ";a"),
        .suffix("a value", ";a=b"),
        .suffix("a quoted value", ";a=\"b;c\\\"\u{e4}\t\""),
        .suffix("several", ";a;b=c;d=\"\""),
        .suffix("whitespace where it may be", " ; a\t=\tb ;c"),
        .suffix("only whitespace", " ", .malformedChunkExtension),
        .suffix("whitespace behind a value", ";a=b ", .malformedChunkExtension),
        .suffix("whitespace behind a name", ";a ", .malformedChunkExtension),
        .suffix("no name", ";", .malformedChunkExtension),
        .suffix("no name before the value", ";=b", .malformedChunkExtension),
        .suffix("no value", ";a=", .malformedChunkExtension),
        .suffix("two values", ";a=b=c", .malformedChunkExtension),
        .suffix("a name of other bytes", ";a@", .malformedChunkExtension),
        .suffix("an open quote", ";a=\"b", .malformedChunkExtension),
        .suffix("something behind a quote", ";a=\"b\"c", .malformedChunkExtension),
        .suffix("NUL in a quote", ";a=\"\0\"", .malformedChunkExtension),
        .suffix("a bare LF", ";a\nb", .bareLineFeed),
        .suffix("a bare LF in a quote", ";a=\"\n\"", .bareLineFeed),
        .suffix("a bare CR", ";a\rb", .bareCarriageReturn),
        .suffix("256 bytes", ";" + String(repeating: "a", count: 255)),
        .suffix("257 bytes", ";" + String(repeating: "a", count: 256), .chunkExtensionTooLarge),
        .trailers("a field", "X: y\r\n", .reads(BodyReading(trailers: ["y"]))),
        .trailers(
            "fields that come too late",
            "Content-Length: 5\r\nX: y\r\nHost: h\r\nSet-Cookie: c\r\n",
            .reads(BodyReading(trailers: ["y"]))),
        .trailers("a space before the colon", "X : y\r\n", .fails(.whitespaceBeforeColon)),
        .trailers("a folded line", "X: y\r\n z\r\n", .fails(.foldedLine)),
        .trailers("a bare LF", "X: y\n", .fails(.bareLineFeed)),
        .trailers("a control byte", "X: \0\r\n", .fails(.controlByteInValue)),
    ]
}

@Suite struct BodyDecoderTests {
    @Test(arguments: BodyCorpus.all)
    func `each chunked body gets its verdict however it is cut`(row: BodyRow) {
        for cut in Cut.allCases {
            for seed in 1...(cut == .random ? 20 : 1) {
                let verdict = readBody(row.bytes, cut: cut, seed: UInt64(seed))
                #expect(verdict == row.verdict, "cut \(cut), seed \(seed)")
            }
        }
    }

    @Test(arguments: [(8192, nil), (8193, HTTP1Error.trailersTooLarge)])
    func `a trailer section is bounded`(length: Int, error: HTTP1Error?) {
        let value = String(repeating: "v", count: length - 7)
        let bytes = Array(latin1: "0\r\nX: \(value)\r\n\r\n")
        for cut in Cut.allCases {
            #expect(
                readBody(bytes, cut: cut)
                    == error.map { .fails($0) } ?? .reads(BodyReading(trailers: [value])))
        }
    }

    @Test func `extensions may not cost more than the content`() {
        let chunk = "1;" + String(repeating: "x", count: 200) + "\r\na\r\n"
        let bytes = Array(latin1: String(repeating: chunk, count: 100) + "0\r\n\r\n")
        for cut in [Cut.whole, .random] {
            #expect(readBody(bytes, cut: cut) == .fails(.chunkExtensionTooLarge))
        }
    }

    @Test func `extensions in proportion to the content are accepted for ever`() {
        let chunk =
            "100;chunk-signature=" + String(repeating: "f", count: 64) + "\r\n"
            + String(repeating: "c", count: 256) + "\r\n"
        let bytes = Array(latin1: String(repeating: chunk, count: 1000) + "0\r\n\r\n")
        guard case .reads(let reading) = readBody(bytes) else {
            Issue.record("refused")
            return
        }
        #expect(reading.content.utf8.count == 256_000)
    }

    @Test func `a length ends the body`() throws {
        var decoder = BodyDecoder(.length(5))
        let bytes: [UInt8] = [1, 2, 3, 4, 5, 6, 7]
        #expect(try decoder.decode(bytes.span.extracting(0..<3)) == .content(0..<3))
        #expect(decoder.contentRemaining == 2)
        #expect(!decoder.isComplete)
        #expect(try decoder.decode(bytes.span.extracting(3..<7)) == .content(0..<2))
        #expect(decoder.isComplete)
        #expect(try decoder.decode(bytes.span.extracting(5..<7)) == .end(consumed: 0))
    }

    @Test func `closing ends a body only when nothing else does`() throws {
        for framing in [BodyFraming.length(5), .chunked] {
            var decoder = BodyDecoder(framing)
            #expect(throws: HTTP1Error.truncatedBody) { try decoder.receivedEnd() }
        }
        var decoder = BodyDecoder(.untilClose)
        let bytes: [UInt8] = [1, 2]
        #expect(try decoder.decode(bytes.span) == .content(0..<2))
        #expect(!decoder.isComplete)
        try decoder.receivedEnd()
        #expect(decoder.isComplete)
        #expect(BodyDecoder(.none).isComplete)
    }

    @Test(arguments: [1, 9, 10, 15, 16, 255, 256, 4095, 4096, 65536])
    func `what the encoder writes the decoder reads`(count: Int) {
        var buffer = ByteBuffer()
        let content = [UInt8](repeating: UInt8(ascii: "c"), count: count)
        let nothing: [UInt8] = []
        buffer.append(chunk: nothing.span)
        buffer.append(chunk: content.span)
        var trailers = Fields()
        trailers.append(name: "X".utf8.span, value: "y".utf8.span)
        buffer.append(lastChunkWith: trailers)
        let bytes = buffer.take(buffer.readableCount)
        #expect(
            readBody(bytes)
                == .reads(
                    BodyReading(content: String(repeating: "c", count: count), trailers: ["y"])))
    }

    @Test func `no mutation of a body traps or depends on the cut`() {
        var random = SeededGenerator(seed: 11)
        for seed in 0..<6000 {
            let bytes = mutated(BodyCorpus.all.randomElement(using: &random)!.bytes, using: &random)
            let whole = readBody(bytes)
            #expect(readBody(bytes, cut: .random, seed: UInt64(seed)) == whole, "seed \(seed)")
        }
    }
}
