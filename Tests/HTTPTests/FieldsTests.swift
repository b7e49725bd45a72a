// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking
import Testing

@Suite struct FieldsTests {
    /// The fields of a request with these lines, read by the parser.
    private func parsed(_ lines: String...) throws -> Fields {
        let text = "GET / HTTP/1.1\r\nHost: h\r\n" + lines.map { $0 + "\r\n" }.joined() + "\r\n"
        var parser = RequestParser()
        var head = RequestHead()
        _ = try parser.parse(Array(latin1: text).span, into: &head)
        head.fields.remove(at: 0)
        return head.fields
    }

    private func written(_ fields: Fields) -> String {
        var buffer = ByteBuffer()
        buffer.append(fields)
        return String(decoding: buffer.take(buffer.readableCount), as: UTF8.self)
    }

    @Test(arguments: FieldName.allCases.filter { $0 != .other })
    func `every known name is recognised in any case`(name: FieldName) {
        #expect(FieldName(name.text) == name)
        #expect(FieldName(name.text.uppercased()) == name)
        #expect(FieldName(name.text.lowercased()) == name)
        #expect(FieldName(name.text + "s") == .other)
        #expect(FieldName(String(name.text.dropLast())) == .other)
        #expect(FieldName("^" + name.text.dropFirst()) == .other)
    }

    @Test(arguments: FieldName.allCases.filter { $0 != .other })
    func `every known name is written as it is usually spelled`(name: FieldName) {
        var buffer = ByteBuffer()
        buffer.append(name, "a b")
        buffer.append(name, decimal: 7)
        let text = String(decoding: buffer.take(buffer.readableCount), as: UTF8.self)
        #expect(text == "\(name.text): a b\r\n\(name.text): 7\r\n")
    }

    @Test func `names and values are kept as received`() throws {
        let fields = try parsed("x-CusTom:  a b ", "USER-agent:u", "X-Custom: c")
        #expect(fields.count == 3)
        #expect(fields.name(at: 1) == .userAgent)
        #expect(fields.text(of: .userAgent) == "u")
        #expect(fields.text(named: "X-CUSTOM") == "a b")
        #expect(fields.firstIndex(named: "x-custom".utf8.span, from: 1) == 2)
        #expect(fields.withName(at: 0) { String(copying: $0) } == "x-CusTom")
        #expect(fields.withValue(at: 2) { String(copying: $0) } == "c")
        #expect(written(fields) == "x-CusTom: a b\r\nUSER-agent: u\r\nX-Custom: c\r\n")
    }

    @Test func `fields can be added, replaced and removed`() throws {
        var fields = try parsed("A: 1", "Server: s", "B: 2", "Server: t")
        fields.set(.server, "u")
        fields.append(.date, "d")
        fields.append(name: "C".utf8.span, value: "".utf8.span)
        fields.removeAll(named: "b".utf8.span)
        #expect(written(fields) == "A: 1\r\nServer: u\r\nDate: d\r\nC: \r\n")
        fields.removeAll([.server, .date])
        #expect(written(fields) == "A: 1\r\nC: \r\n")
        #expect(fields.firstIndex(of: .server) == nil)
        fields.removeAll(keepingCapacity: true)
        #expect(fields.isEmpty)
    }

    @Test(arguments: [
        ("close, Upgrade", true), ("x,UPGRADE", true), (",, upgrade ,", true), ("upgrade", true),
        ("upgrades", false), ("up grade", false), ("\"upgrade\"", false), ("upgrade;q=1", false),
        ("", false), (",", false),
    ])
    func `a list holds whole members`(value: String, holds: Bool) throws {
        #expect(try parsed("Connection: \(value)").contains(.upgrade, in: .connection) == holds)
    }

    @Test func `what concerns one connection is removed`() throws {
        var fields = try parsed(
            "Connection: x-one, Keep-Alive, host, content-length", "Keep-Alive: 5",
            "Connection: X-Two", "X-One: 1", "X-Three: 3", "x-two: 2", "TE: trailers",
            "Upgrade: h2c", "HTTP2-Settings: AA", "Proxy-Connection: close",
            "Content-Length: 0", "Proxy-Authorization: p")
        fields.removeHopByHop()
        #expect(written(fields) == "X-Three: 3\r\nContent-Length: 0\r\n")
    }

    @Test(arguments: [
        ("X-Name", "value", true, true), ("", "", false, true), ("a b", " a", false, false),
        ("a:", "a\r\nb", false, false), ("a\0", "a\0", false, false), ("~", "a\tb", true, true),
    ])
    func `names and values of our own can be checked`(
        name: String, value: String, isName: Bool, isValue: Bool
    ) {
        #expect(Fields.isValidName(name.utf8.span) == isName)
        #expect(Fields.isValidValue(value.utf8.span) == isValue)
    }
}

@Suite struct SerializerTests {
    private func forwarded(_ text: String) throws -> String {
        var parser = RequestParser()
        var head = RequestHead()
        _ = try parser.parse(Array(latin1: text).span, into: &head)
        var buffer = ByteBuffer()
        buffer.append(head)
        return String(decoding: buffer.take(buffer.readableCount), as: UTF8.self)
    }

    @Test(arguments: [
        ("GET /a?b HTTP/1.1", "GET /a?b HTTP/1.1"), ("GET / HTTP/1.0", "GET / HTTP/1.1"),
        ("GET http://h/p HTTP/1.1", "GET /p HTTP/1.1"), ("GET http://h HTTP/1.1", "GET / HTTP/1.1"),
        ("GET http://h?q HTTP/1.1", "GET /?q HTTP/1.1"),
        ("OPTIONS http://h HTTP/1.1", "OPTIONS * HTTP/1.1"),
        ("OPTIONS * HTTP/1.1", "OPTIONS * HTTP/1.1"), ("PURGE /x HTTP/1.1", "PURGE /x HTTP/1.1"),
    ])
    func `a request line is written for an origin`(received: String, sent: String) throws {
        #expect(try forwarded("\(received)\r\nHost: h\r\n\r\n") == "\(sent)\r\nHost: h\r\n\r\n")
    }

    @Test func `a forwarded head reads as the one received`() throws {
        let text = "GET / HTTP/1.1\r\nHost:h\r\nA: 1\r\nB:  2 \r\nC: 3\r\nD: 4\r\n\r\n"
        #expect(
            try forwarded(text)
                == "GET / HTTP/1.1\r\nHost: h\r\nA: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\n\r\n")
    }

    @Test func `a response head is written under our version`() throws {
        var parser = ResponseParser()
        var head = ResponseHead()
        let text = "HTTP/1.0 404 Not here\r\nServer: s\r\nConnection: close\r\n\r\n"
        _ = try parser.parse(Array(text.utf8).span, answering: .get, into: &head)
        head.fields.removeHopByHop()
        var buffer = ByteBuffer()
        buffer.append(head)
        #expect(
            String(decoding: buffer.take(buffer.readableCount), as: UTF8.self)
                == "HTTP/1.1 404 Not here\r\nServer: s\r\n\r\n")
    }
}

extension String {
    init(copying bytes: Span<UInt8>) {
        self = String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self)
    }
}
