// SPDX-License-Identifier: Apache-2.0
import Networking

/// Writes string literals, Huffman-coded where that is shorter (RFC 7541 §5.2).
enum HuffmanEncoder {
    /// Which letters are written: a name's in lower case.
    enum Letters {
        case asTheyAre, lowerCase

        @inline(__always)
        func octet(_ octet: UInt8) -> UInt8 {
            self == .lowerCase ? octet.lowercased : octet
        }
    }

    /// Appends `text` with its length.
    @inline(__always)
    static func append(_ text: Span<UInt8>, _ letters: Letters, to block: inout ByteBuffer) {
        let count = (bitCount(text, letters) + 7) / 8
        if count < text.count {
            PrefixedInteger.write(count, prefix: 7, pattern: 0x80, into: &block)
            encode(text, letters, count: count, into: &block)
        } else {
            PrefixedInteger.write(text.count, prefix: 7, pattern: 0, into: &block)
            guard letters == .lowerCase else { return block.append(text) }
            for index in text.indices { block.append(text[index].lowercased) }
        }
    }

    @inline(__always)
    private static func bitCount(_ text: Span<UInt8>, _ letters: Letters) -> Int {
        var count = 0
        for index in text.indices {
            count &+= Int(HuffmanCode.lengths[Int(letters.octet(text[index]))])
        }
        return count
    }

    @inline(__always)
    private static func encode(
        _ text: Span<UInt8>, _ letters: Letters, count: Int, into block: inout ByteBuffer
    ) {
        block.fill(minimum: count) { room in
            var bits: UInt64 = 0
            var waiting = 0
            var written = 0
            for index in text.indices {
                let octet = Int(letters.octet(text[index]))
                let length = Int(HuffmanCode.lengths[octet])
                bits = bits << UInt64(length) | UInt64(HuffmanCode.words[octet])
                waiting &+= length
                // Four octets at a time: no word is longer than 30 bits.
                if waiting >= 32 {
                    waiting &-= 32
                    let word = UInt32(truncatingIfNeeded: bits >> UInt64(waiting))
                    room[written] = UInt8(truncatingIfNeeded: word >> 24)
                    room[written &+ 1] = UInt8(truncatingIfNeeded: word >> 16)
                    room[written &+ 2] = UInt8(truncatingIfNeeded: word >> 8)
                    room[written &+ 3] = UInt8(truncatingIfNeeded: word)
                    written &+= 4
                }
            }
            while waiting >= 8 {
                waiting &-= 8
                room[written] = UInt8(truncatingIfNeeded: bits >> UInt64(waiting))
                written &+= 1
            }
            if waiting > 0 {
                // Padded with the first bits of EOS, which are ones.
                let padding = UInt64(8 &- waiting)
                room[written] = UInt8(truncatingIfNeeded: bits << padding | (1 << padding &- 1))
                written &+= 1
            }
            return written
        }
    }
}
