// SPDX-License-Identifier: Apache-2.0
import Networking
import Testing

@testable import HTTP

@Suite struct HuffmanTests {
    private func decoded(_ coded: [UInt8]) throws(HPACKError) -> [UInt8] {
        var text: [UInt8] = []
        try text.append(addingCapacity: HuffmanDecoder.countMax(ofCoded: coded.count)) {
            (room) throws(HPACKError) in
            try HuffmanDecoder.decode(coded.span, into: &room)
        }
        return text
    }

    /// The coded octets of a text, without the length before them; nil when it is written as it is.
    private func coded(_ text: [UInt8]) -> [UInt8]? {
        var block = ByteBuffer()
        HuffmanEncoder.append(text.span, .asTheyAre, to: &block)
        let bytes = block.take(block.readableCount)
        guard bytes[0] & 0x80 != 0 else { return nil }
        return Array(bytes.dropFirst(bytes[0] == 0xff ? (bytes[1] & 0x80 != 0 ? 3 : 2) : 1))
    }

    /// Code words one behind the other, as bits, padded with ones.
    private func octets(of symbols: [Int], padding: Int? = nil) -> [UInt8] {
        var bits = symbols.flatMap { symbol in
            (0..<Int(HuffmanCode.lengths[symbol])).reversed().map {
                HuffmanCode.words[symbol] >> UInt32($0) & 1
            }
        }
        bits += Array(repeating: 1, count: padding ?? (8 - bits.count % 8) % 8)
        return stride(from: 0, to: bits.count, by: 8).map { start in
            bits[start..<min(start + 8, bits.count)].reduce(0) { $0 << 1 | UInt8($1) }
        }
    }

    @Test func `the code is canonical and complete`() {
        let symbols = (0..<257).sorted {
            (HuffmanCode.lengths[$0], $0) < (HuffmanCode.lengths[$1], $1)
        }
        var word: UInt64 = 0
        var length: UInt8 = 0
        for symbol in symbols {
            word <<= UInt64(HuffmanCode.lengths[symbol] - length)
            length = HuffmanCode.lengths[symbol]
            #expect(HuffmanCode.words[symbol] == UInt32(word), "symbol \(symbol)")
            word += 1
        }
        #expect(word == 1 << 30)
    }

    @Test func `words taken from RFC 7541 Appendix B are in the tables`() {
        // One of each length.
        let rows: [(Int, UInt32, UInt8)] = [
            (48, 0x0, 5), (32, 0x14, 6), (61, 0x20, 6), (58, 0x5c, 7), (38, 0xf8, 8),
            (33, 0x3f8, 10), (39, 0x7fa, 11), (35, 0xffa, 12), (36, 0x1ff9, 13), (94, 0x3ffc, 14),
            (60, 0x7ffc, 15), (92, 0x7fff0, 19), (130, 0xfffe7, 20), (153, 0x1fffdc, 21),
            (129, 0x3fffd2, 22), (1, 0x7fffd8, 23), (9, 0xffffea, 24), (199, 0x1ffffec, 25),
            (192, 0x3ffffe0, 26), (203, 0x7ffffde, 27), (2, 0xfffffe2, 28), (10, 0x3fff_fffc, 30),
            (256, 0x3fff_ffff, 30),
        ]
        for (symbol, word, length) in rows {
            #expect(HuffmanCode.words[symbol] == word)
            #expect(HuffmanCode.lengths[symbol] == length)
        }
    }

    @Test func `every octet is read from its word, alone and between others`() throws {
        for octet in 0..<256 {
            #expect(try decoded(octets(of: [octet])) == [UInt8(octet)])
            for other in [48, 38, 92, 10, 255] {
                let read = try decoded(octets(of: [other, octet, other]))
                #expect(read == [other, octet, other].map { UInt8($0) })
            }
        }
    }

    @Test(arguments: 0..<64)
    func `what is written is read`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        // Mostly short words, so that coding pays; any octet now and then.
        let text = (0..<Int.random(in: 1..<300, using: &random)).map { _ in
            Int.random(in: 0..<40, using: &random) == 0
                ? UInt8.random(in: 0...255, using: &random)
                : UInt8.random(in: 97...122, using: &random)
        }
        let written = coded(text)
        #expect(try written.map { try decoded($0) } ?? text == text)
        #expect(octets(of: text.map { Int($0) }) == written ?? octets(of: text.map { Int($0) }))
    }

    @Test func `a string that coding would not make shorter is written as it is`() {
        #expect(coded([0xff, 0xfe]) == nil)
        #expect(coded([0x7e]) == nil)
        #expect(coded(Array("www".utf8)) == nil)
        #expect(coded(Array("aaaa".utf8)) != nil)
    }

    /// RFC 7541 §5.2.
    @Test func `padding is less than an octet, and ones`() throws {
        // "0" has five bits, of zeros: three of padding.
        #expect(try decoded([0x07]) == Array("0".utf8))
        for wrong: UInt8 in 0..<7 {
            #expect(throws: HPACKError.malformedPadding) { try decoded([wrong]) }
        }
        for text in ["", "0", "o;", "www.example.com"] {
            let coded = octets(of: text.utf8.map { Int($0) })
            #expect(try decoded(coded) == Array(text.utf8))
            #expect(throws: HPACKError.malformedPadding) { try decoded(coded + [0xff]) }
            #expect(throws: HPACKError.malformedPadding) { try decoded(coded + [0xff, 0xff]) }
        }
        #expect(throws: HPACKError.malformedPadding) { try decoded([0xff, 0xff, 0xff]) }
    }

    @Test func `the symbol EOS is an error, wherever it stands`() {
        for text in ["", "0", "x", "www.example.com"] {
            let before = text.utf8.map { Int($0) }
            #expect(throws: HPACKError.endOfStringSymbol) {
                try decoded(octets(of: before + [256]))
            }
            #expect(throws: HPACKError.endOfStringSymbol) {
                try decoded(octets(of: before + [256, 97]))
            }
        }
        #expect(throws: HPACKError.endOfStringSymbol) { try decoded([0xff, 0xff, 0xff, 0xff]) }
    }

    @Test(arguments: 0..<200)
    func `any octets are read or refused, and what is read is written the same`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let bytes = (0..<Int.random(in: 0..<40, using: &random)).map { _ in
            UInt8.random(in: 0...255, using: &random)
        }
        guard let text = try? decoded(bytes) else { return }
        #expect(octets(of: text.map { Int($0) }) == bytes)
    }
}
