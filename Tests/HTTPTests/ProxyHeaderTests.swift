// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking
import Testing

@Suite struct ProxyHeaderTests {
    @Test(arguments: ProxyHeaderCorpus.accepted, Cut.allCases)
    func `a header is read however it is cut, and no byte behind it`(
        row: ProxyHeaderCorpus.Accepted, cut: Cut
    ) {
        for follows in ["", "\u{16}\u{03}\u{01}", "GET / HTTP/1.1\r\n"] {
            let bytes = row.bytes + Array(latin1: follows)
            #expect(
                read(bytes, cut: cut)
                    == .complete(ProxyHeader(row.addresses), consumed: row.bytes.count))
        }
    }

    @Test(arguments: ProxyHeaderCorpus.refused, Cut.allCases)
    func `what is no header is refused, however it is cut`(
        row: ProxyHeaderCorpus.Refused, cut: Cut
    ) {
        #expect(read(row.bytes, cut: cut) == .refused(row.error))
    }

    @Test(arguments: ProxyHeaderCorpus.accepted)
    func `no part of a header is one`(row: ProxyHeaderCorpus.Accepted) throws {
        for length in 0..<row.bytes.count {
            #expect(try ProxyHeader.parse(row.bytes.span.extracting(0..<length)) == .incomplete)
        }
    }

    @Test func `every reason has a row`() {
        #expect(Set(ProxyHeaderCorpus.refused.map(\.error)) == Set(ProxyHeaderError.allCases))
        let descriptions = Set(ProxyHeaderError.allCases.map(\.description))
        #expect(descriptions.count == ProxyHeaderError.allCases.count)
    }

    @Test(arguments: ProxyHeader.Version.allCases, ProxyHeaderCorpus.ends)
    func `what is written is what is read`(version: ProxyHeader.Version, ends: [String]) throws {
        let source = try #require(SocketAddress(ends[0]))
        let destination = try #require(SocketAddress(ends[1]))
        let header = ProxyHeader(.init(source: source, destination: destination))
        let bytes = written(header, version)
        #expect(try ProxyHeader.parse(bytes.span) == .complete(header, consumed: bytes.count))
    }

    @Test(arguments: ProxyHeader.Version.allCases)
    func `a header of our own connections names nobody`(version: ProxyHeader.Version) throws {
        let bytes = written(ProxyHeader(nil), version)
        #expect(
            try ProxyHeader.parse(bytes.span) == .complete(ProxyHeader(nil), consumed: bytes.count))
    }

    @Test func `both versions are written byte by byte as specified`() throws {
        let header = ProxyHeader(
            .init(
                source: try #require(SocketAddress("192.0.2.1:56324")),
                destination: try #require(SocketAddress("198.51.100.9:443"))))
        #expect(
            written(header, .v1)
                == Array("PROXY TCP4 192.0.2.1 198.51.100.9 56324 443\r\n".utf8))
        #expect(
            written(header, .v2)
                == Array(latin1: "\r\n\r\n\0\r\nQUIT\n\u{21}\u{11}\u{00}\u{0c}")
                + [192, 0, 2, 1, 198, 51, 100, 9, 0xdc, 0x04, 0x01, 0xbb])
        #expect(
            written(ProxyHeader(nil), .v2)
                == Array(latin1: "\r\n\r\n\0\r\nQUIT\n\u{20}\u{00}\u{00}\u{00}"))
    }

    @Test func `no random bytes trap, with or without a beginning that is right`() {
        var random = SeededGenerator(seed: 4)
        let beginnings: [[UInt8]] = [
            [], Array("PROXY ".utf8), Array("PROXY TCP4 ".utf8), Array("PROXY TCP6 ".utf8),
            Array(latin1: "\r\n\r\n\0\r\nQUIT\n"), Array(latin1: "\r\n\r\n\0\r\nQUIT\n\u{21}"),
        ]
        let ofLines = Array("0123456789abf:. \r\n".utf8)
        var verdicts: Set<String> = []
        for round in 0..<20_000 {
            var bytes = beginnings[round % beginnings.count]
            for _ in 0..<Int.random(in: 0...120, using: &random) {
                // Mostly what a line is made of.
                let byte = UInt8.random(in: 0...255, using: &random)
                bytes.append(round % 3 == 0 ? byte : ofLines[Int(byte) % ofLines.count])
            }
            verdicts.insert("\(read(bytes, cut: .whole))".prefix(12).description)
        }
        #expect(verdicts.count > 1)
    }

    private func written(_ header: ProxyHeader, _ version: ProxyHeader.Version) -> [UInt8] {
        var output = ByteBuffer()
        header.append(version, to: &output)
        return output.take(output.readableCount)
    }

    /// What became of an input that was fed in growing parts.
    private enum Reading: Equatable {
        case complete(ProxyHeader, consumed: Int)
        case incomplete
        case refused(ProxyHeaderError)
    }

    private func read(_ bytes: [UInt8], cut: Cut) -> Reading {
        var random = SeededGenerator(seed: UInt64(bytes.count))
        for length in cut.lengths(of: bytes.count, using: &random) {
            do throws(ProxyHeaderError) {
                let progress = try ProxyHeader.parse(bytes.span.extracting(0..<length))
                guard case .complete(let header, let consumed) = progress else { continue }
                return .complete(header, consumed: consumed)
            } catch { return .refused(error) }
        }
        return .incomplete
    }
}
