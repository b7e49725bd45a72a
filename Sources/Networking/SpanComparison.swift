// SPDX-License-Identifier: Apache-2.0
import Glibc

extension Span<UInt8> {
    /// Whether both hold the same bytes.
    package func holdsSame(as other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        return withUnsafeBytes { bytes in
            other.withUnsafeBytes { other in
                guard let start = bytes.baseAddress, let otherStart = other.baseAddress else {
                    return true
                }
                return memcmp(start, otherStart, bytes.count) == 0
            }
        }
    }

    /// A number that differs for most spans that differ, the same in every run: for finding
    /// candidates, which are then compared.
    package var fingerprint: UInt32 {
        withUnsafeBytes { bytes in
            // Odd numbers without pattern, from the fraction of the golden ratio.
            let factor: UInt64 = 0x9e37_79b9_7f4a_7c15
            var hash = UInt64(truncatingIfNeeded: bytes.count) &* factor
            var offset = 0
            while offset + 8 <= bytes.count {
                let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                hash = (hash ^ word) &* factor
                hash ^= hash >> 32
                offset += 8
            }
            var rest: UInt64 = 0
            while offset < bytes.count {
                rest = rest << 8 | UInt64(bytes[offset])
                offset += 1
            }
            hash = (hash ^ rest) &* factor
            return UInt32(truncatingIfNeeded: hash >> 32)
        }
    }
}
