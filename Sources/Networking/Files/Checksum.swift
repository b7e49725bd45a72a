// SPDX-License-Identifier: Apache-2.0

/// XXH64, by which bytes that were torn or damaged on a disk are noticed. No protection against
/// somebody who wants two contents to have one sum.
///
/// https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md
package enum Checksum {
    private static let prime1: UInt64 = 0x9e37_79b1_85eb_ca87
    private static let prime2: UInt64 = 0xc2b2_ae3d_27d4_eb4f
    private static let prime3: UInt64 = 0x1656_67b1_9e37_79f9
    private static let prime4: UInt64 = 0x85eb_ca77_c2b2_ae63
    private static let prime5: UInt64 = 0x27d4_eb2f_1656_67c5

    /// The sum of `bytes`.
    package static func of(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.withUnsafeBytes { sum($0) }
    }

    private static func sum(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var offset = 0
        func lane() -> UInt64 {
            defer { offset += 8 }
            let lane = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            return UInt64(littleEndian: lane)
        }

        var sum = prime5
        if bytes.count >= 32 {
            var lanes = (prime1 &+ prime2, prime2, UInt64(0), 0 &- prime1)
            while bytes.count - offset >= 32 {
                lanes.0 = round(lanes.0, lane())
                lanes.1 = round(lanes.1, lane())
                lanes.2 = round(lanes.2, lane())
                lanes.3 = round(lanes.3, lane())
            }
            sum = rotate(lanes.0, 1) &+ rotate(lanes.1, 7)
            sum &+= rotate(lanes.2, 12) &+ rotate(lanes.3, 18)
            for lane in [lanes.0, lanes.1, lanes.2, lanes.3] {
                sum = (sum ^ round(0, lane)) &* prime1 &+ prime4
            }
        }
        sum &+= UInt64(bytes.count)

        while bytes.count - offset >= 8 {
            sum = rotate(sum ^ round(0, lane()), 27) &* prime1 &+ prime4
        }
        if bytes.count - offset >= 4 {
            let half = bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
            let product = UInt64(UInt32(littleEndian: half)) &* prime1
            sum = rotate(sum ^ product, 23) &* prime2 &+ prime3
            offset += 4
        }
        for byte in bytes[offset...] {
            sum = rotate(sum ^ UInt64(byte) &* prime5, 11) &* prime1
        }

        sum = (sum ^ sum >> 33) &* prime2
        sum = (sum ^ sum >> 29) &* prime3
        return sum ^ sum >> 32
    }

    private static func round(_ sum: UInt64, _ lane: UInt64) -> UInt64 {
        rotate(sum &+ lane &* prime2, 31) &* prime1
    }

    private static func rotate(_ value: UInt64, _ count: UInt64) -> UInt64 {
        value << count | value >> (64 - count)
    }
}
