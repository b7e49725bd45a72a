// SPDX-License-Identifier: Apache-2.0
import HTTP
import Testing

@Suite struct RequestParserTests {
    @Test(arguments: RequestCorpus.all)
    func `each request gets its verdict however it is cut`(row: RequestRow) {
        for cut in Cut.allCases {
            for seed in 1...(cut == .random ? 20 : 1) {
                let verdict = readRequest(row.bytes, cut: cut, seed: UInt64(seed))
                #expect(verdict == row.verdict, "cut \(cut), seed \(seed)")
            }
        }
    }

    @Test(arguments: [(8192, nil), (8193, HTTP1Error.targetTooLong)])
    func `a request line is bounded`(length: Int, error: HTTP1Error?) {
        let path = "/" + String(repeating: "p", count: length - "GET / HTTP/1.1".count)
        let bytes = Array(latin1: "GET \(path) HTTP/1.1\r\nHost: a.example\r\n\r\n")
        for cut in Cut.allCases {
            #expect(
                readRequest(bytes, cut: cut)
                    == error.map { .fails($0) } ?? .reads(RequestReading(path: path)))
        }
    }

    @Test func `a request line without end is refused at the bound`() {
        let bytes = Array(latin1: "GET /" + String(repeating: "p", count: 100_000))
        for cut in [Cut.whole, .random] {
            #expect(readRequest(bytes, cut: cut) == .fails(.targetTooLong))
        }
    }

    @Test(arguments: [(32768, nil), (32769, HTTP1Error.headTooLarge)])
    func `a head is bounded`(length: Int, error: HTTP1Error?) {
        let start = "GET / HTTP/1.1\r\nHost: a.example\r\nX: "
        let value = String(repeating: "v", count: length - start.utf8.count - 4)
        let bytes = Array(latin1: start + value + "\r\n\r\n")
        #expect(bytes.count == length)
        for cut in Cut.allCases {
            #expect(
                readRequest(bytes, cut: cut)
                    == error.map { .fails($0) } ?? .reads(RequestReading()))
        }
    }

    @Test(arguments: [(100, nil), (101, HTTP1Error.tooManyFields)])
    func `the fields are counted`(count: Int, error: HTTP1Error?) {
        let lines = String(repeating: "X: v\r\n", count: count - 1)
        let bytes = Array(latin1: "GET / HTTP/1.1\r\nHost: a.example\r\n\(lines)\r\n")
        for cut in Cut.allCases {
            #expect(
                readRequest(bytes, cut: cut)
                    == error.map { .fails($0) } ?? .reads(RequestReading()))
        }
    }

    @Test(arguments: [
        (HTTP1Error.targetTooLong, 414), (.headTooLarge, 431), (.tooManyFields, 431),
        (.methodTooLong, 501), (.unknownTransferCoding, 501), (.unsupportedVersion, 505),
        (.missingHost, 400), (.bareLineFeed, 400), (.contentLengthAndTransferEncoding, 400),
    ])
    func `an error says how to answer`(error: HTTP1Error, status: Int) {
        #expect(error.status == status)
        #expect(!error.description.isEmpty)
    }

    @Test func `requests that follow each other are read one by one into one head`() throws {
        var parser = RequestParser()
        var head = RequestHead()
        var bytes = Array(
            latin1: "GET /1 HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n"
                + "POST /22 HTTP/1.1\r\nHost: b.example:8\r\nContent-Length: 3\r\n\r\n")
        var paths: [String] = []
        while !bytes.isEmpty {
            #expect(!parser.hasBegun)
            guard case .complete(let consumed) = try parser.parse(bytes.span, into: &head)
            else { break }
            paths.append("\(head.methodText) \(head.hostText) \(head.pathText)")
            bytes.removeFirst(consumed)
        }
        #expect(paths == ["GET a.example /1", "POST b.example /22"])
        #expect(head.framing == .length(3))
        #expect(head.port == 8)
        #expect(head.keepsAlive)
        #expect(head.fields.count == 2)
        #expect(!head.fields.contains(.connection))
    }

    @Test(arguments: [
        ("HTTP/1.1", "Upgrade", "100-Continue", true, true),
        ("HTTP/1.1", "close", "100-continue", false, true),
        ("HTTP/1.1", "x, upgrade", "200-ok", true, false),
        ("HTTP/1.0", "upgrade", "100-continue", false, false),
    ])
    func `upgrades and expectations are HTTP 1.1's`(
        version: String, connection: String, expect: String, upgrades: Bool, continues: Bool
    ) throws {
        let text = """
            GET / \(version)\r\nHost: a.example\r\nConnection: \(connection)\r
            Upgrade: websocket\r\nExpect: \(expect)\r\n\r\n
            """
        var parser = RequestParser()
        var head = RequestHead()
        _ = try parser.parse(Array(text.utf8).span, into: &head)
        #expect(head.wantsUpgrade == upgrades)
        #expect(head.expects100Continue == continues)
        #expect(head.fields.contains(.websocket, in: .upgrade))
    }

    @Test(arguments: [("h2c", false), ("websocket, H2C", false), ("h2", true), ("xh2c", true)])
    func `a switch to h2c is not wanted`(upgrade: String, wanted: Bool) throws {
        let text = """
            GET / HTTP/1.1\r\nHost: a.example\r\nConnection: upgrade\r\nUpgrade: \(upgrade)\r\n\r\n
            """
        var parser = RequestParser()
        var head = RequestHead()
        _ = try parser.parse(Array(text.utf8).span, into: &head)
        #expect(head.wantsUpgrade == wanted)
    }

    /// RFC 9112 §3.2.2: an origin of HTTP/1.1 expects one.
    @Test(arguments: [
        ("http://a.example:8/x", "a.example:8"), ("http://[::1]/", "[::1]"), ("/x", nil),
    ])
    func `a request of HTTP 1.0 without Host has that of its target`(
        target: String, host: String?
    ) throws {
        var parser = RequestParser()
        var head = RequestHead()
        _ = try parser.parse(Array("GET \(target) HTTP/1.0\r\nA: b\r\n\r\n".utf8).span, into: &head)
        #expect(head.fields.text(of: .host) == host)
        #expect(head.fields.text(at: 0) == "b")
    }

    @Test func `no mutation of a request traps or depends on the cut`() {
        var random = SeededGenerator(seed: 42)
        let rows = RequestCorpus.all
        for seed in 0..<6000 {
            let row = rows.randomElement(using: &random)!
            let bytes = mutated(row.bytes, using: &random)
            let whole = readRequest(bytes)
            #expect(readRequest(bytes, cut: .random, seed: UInt64(seed)) == whole, "seed \(seed)")
        }
    }
}

/// The input with one to four small changes, made of the bytes that matter to parsers.
func mutated(_ bytes: [UInt8], using random: inout SeededGenerator) -> [UInt8] {
    var bytes = bytes
    let special = Array(latin1: "\r\n\t :;,=\"\\\0/%0aF\u{80}\u{ff}*[]@")
    for _ in 0..<Int.random(in: 1...4, using: &random) {
        let index = bytes.isEmpty ? 0 : Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes.insert(special.randomElement(using: &random)!, at: index)
        case 1 where !bytes.isEmpty: bytes.remove(at: index)
        case 2 where !bytes.isEmpty: bytes[index] = special.randomElement(using: &random)!
        default: bytes.insert(contentsOf: bytes[index...].prefix(20), at: index)
        }
    }
    return bytes
}
