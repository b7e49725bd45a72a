// SPDX-License-Identifier: Apache-2.0

/// Reads Huffman-coded strings (RFC 7541 §5.2).
enum HuffmanDecoder {
    /// The most octets that so many coded ones can stand for: the shortest code word has five bits.
    static func countMax(ofCoded count: Int) -> Int { count * 8 / 5 }

    /// Appends what `coded` stands for; `room` has place for `countMax(ofCoded:)`.
    static func decode(
        _ coded: Span<UInt8>, into room: inout OutputSpan<UInt8>
    ) throws(HPACKError) {
        // The next bits, from the most significant one on; behind them zeros.
        var bits: UInt64 = 0
        var count = 0
        var index = 0
        while true {
            while count <= 56, index < coded.count {
                bits |= UInt64(coded[index]) << UInt64(56 &- count)
                count &+= 8
                index &+= 1
            }
            // No word is longer than 30 bits; with fewer the last ones may be cut off.
            let enough = index < coded.count ? 30 : 1
            guard count >= enough else { return }
            while count >= enough {
                let short = HuffmanCode.short[Int(bits >> 56)]
                let length: Int
                let symbol: UInt16
                if short != 0 {
                    length = Int(short & 0xf)
                    symbol = short >> 4
                } else {
                    (symbol, length) = longWord(UInt32(truncatingIfNeeded: bits >> 32))
                }
                guard length <= count else { return try checkPadding(bits, count) }
                guard symbol < 256 else { throw .endOfStringSymbol }
                room.append(UInt8(truncatingIfNeeded: symbol))
                bits <<= UInt64(length)
                count &-= length
            }
        }
    }

    /// The symbol of a word of more than eight bits, and how many it has.
    private static func longWord(_ bits: UInt32) -> (symbol: UInt16, length: Int) {
        for index in HuffmanCode.longLengths.indices {
            let length = HuffmanCode.longLengths[index]
            guard bits <= length.last else { continue }
            let offset = (bits &- length.first) >> (32 &- UInt32(length.bits))
            return (HuffmanCode.long[Int(length.start) &+ Int(offset)], Int(length.bits))
        }
        return (256, 30)
    }

    /// What is left must be the first bits of EOS, which are ones, and less than an octet.
    private static func checkPadding(_ bits: UInt64, _ count: Int) throws(HPACKError) {
        guard count < 8, bits == ~(UInt64.max >> UInt64(count)) else { throw .malformedPadding }
    }
}
