// SPDX-License-Identifier: Apache-2.0

extension Span<UInt8> {
    /// Whether the part `range`, with bit 0x20 set in each byte, equals as many bytes of `folded` from
    /// `start` on. Eight bytes at a step: how names are compared without case.
    package func matches(
        _ range: Range<Int>, settingCaseBitGives folded: Span<UInt8>, at start: Int
    ) -> Bool {
        precondition(range.lowerBound >= 0 && range.upperBound <= count)
        precondition(start >= 0 && start + range.count <= folded.count)
        return withUnsafeBytes { bytes in
            folded.withUnsafeBytes { folded in
                var offset = 0
                while offset + 8 <= range.count {
                    let word = bytes.loadUnaligned(
                        fromByteOffset: range.lowerBound + offset, as: UInt64.self)
                    let wanted = folded.loadUnaligned(
                        fromByteOffset: start + offset, as: UInt64.self)
                    guard word | 0x2020_2020_2020_2020 == wanted else { return false }
                    offset += 8
                }
                while offset < range.count {
                    guard bytes[range.lowerBound + offset] | 0x20 == folded[start + offset] else {
                        return false
                    }
                    offset += 1
                }
                return true
            }
        }
    }
}
