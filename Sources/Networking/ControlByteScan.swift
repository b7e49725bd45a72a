// SPDX-License-Identifier: Apache-2.0

extension Span<UInt8> {
    /// The first byte in `range` that is a control byte (below 0x20, or 0x7f), or the range's end.
    ///
    /// Eight bytes at a step: the inner loop of every text protocol's values.
    package func firstControlByte(in range: Range<Int>) -> Int {
        withUnsafeBytes { bytes in
            precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
            var index = range.lowerBound
            while index + 8 <= range.upperBound {
                let word = UInt64(
                    littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
                let found = Self.controlBytes(in: word)
                if found != 0 { return index + found.trailingZeroBitCount / 8 }
                index += 8
            }
            while index < range.upperBound {
                if bytes[index] < 0x20 || bytes[index] == 0x7f { return index }
                index += 1
            }
            return index
        }
    }

    /// Sets the top bit of each control byte. A borrow may also set it in the byte above one, but
    /// never below: the lowest bit set is right.
    @inline(__always)
    private static func controlBytes(in word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let deletes = word ^ (ones &* 0x7f)
        let below = (word &- ones &* 0x20) & ~word
        let equal = (deletes &- ones) & ~deletes
        return (below | equal) & (ones << 7)
    }
}
