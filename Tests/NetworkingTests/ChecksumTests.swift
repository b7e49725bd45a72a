// SPDX-License-Identifier: Apache-2.0
import Networking
import Testing

@Suite struct ChecksumTests {
    /// Sums that other implementations of XXH64 give, of fewer and of more than 32 bytes.
    @Test(
        arguments: [
            ("", 0xef46_db37_51d8_e999), ("a", 0xd24e_c4f1_a98c_6e5b),
            ("abc", 0x44bc_2cf5_ad77_0999),
            ("Nobody inspects the spammish repetition", 0xfbce_a83c_8a37_8bf1),
        ] as [(String, UInt64)])
    func `a sum is what the specification says`(text: String, sum: UInt64) {
        #expect(Checksum.of(Array(text.utf8)[...]) == sum)
    }

    @Test func `a flipped bit anywhere shows`() {
        let bytes = (0..<77).map { UInt8($0) }
        let sum = Checksum.of(bytes[...])
        for index in bytes.indices {
            var other = bytes
            other[index] ^= 1 << UInt8(index % 8)
            #expect(Checksum.of(other[...]) != sum)
        }
    }

    @Test func `a slice has the sum of its bytes alone`() {
        let bytes = Array("..abc..".utf8)
        #expect(Checksum.of(bytes[2..<5]) == 0x44bc_2cf5_ad77_0999)
    }
}
