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
            refill(&bits, &count, from: coded, &index)
            // No word is longer than 30 bits; with fewer the last ones may be cut off.
            let enough = index < coded.count ? 30 : 1
            guard count >= enough else { return }
            while count >= enough {
                let short = HuffmanCode.short[Int(bits >> 56)]
                if short != 0 {
                    let length = Int(short & 0xf)
                    guard length <= count else { return try checkPadding(bits, count) }
                    room.append(UInt8(truncatingIfNeeded: short >> 4))
                    bits <<= UInt64(length)
                    count &-= length
                } else {
                    let (symbol, length) = longWord(UInt32(truncatingIfNeeded: bits >> 32))
                    guard length <= count else { return try checkPadding(bits, count) }
                    guard symbol < 256 else { throw .endOfStringSymbol }
                    room.append(UInt8(truncatingIfNeeded: symbol))
                    bits <<= UInt64(length)
                    count &-= length
                }
            }
        }
    }

    /// Takes as many octets as there is room for; there are fewer than 32 bits.
    @inline(__always)
    private static func refill(
        _ bits: inout UInt64, _ count: inout Int, from coded: Span<UInt8>, _ index: inout Int
    ) {
        if coded.count &- index >= 4 {
            // One load, once the compiler has seen through it.
            let word =
                UInt32(coded[index]) << 24 | UInt32(coded[index &+ 1]) << 16
                | UInt32(coded[index &+ 2]) << 8 | UInt32(coded[index &+ 3])
            bits |= UInt64(word) << UInt64(32 &- count)
            count &+= 32
            index &+= 4
        } else {
            while index < coded.count {
                bits |= UInt64(coded[index]) << UInt64(56 &- count)
                count &+= 8
                index &+= 1
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
