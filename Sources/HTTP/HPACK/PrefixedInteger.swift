// SPDX-License-Identifier: Apache-2.0
import Networking

/// Integers that begin in the low bits of an octet (RFC 7541 §5.1).
enum PrefixedInteger {
    /// How many octets may follow the first: a number of 35 bits, more than any table or block
    /// needs, leading zeros included.
    static let octetsMax = 5

    /// Reads the integer that begins in the low `prefix` bits at `position`, which moves behind it.
    @inline(__always)
    static func read(
        _ bytes: Span<UInt8>, at position: inout Int, prefix: UInt8
    ) throws(HPACKError) -> Int {
        guard position < bytes.count else { throw .truncatedBlock }
        let mask = UInt8(truncatingIfNeeded: (1 << prefix) - 1)
        let first = bytes[position] & mask
        position += 1
        if first < mask { return Int(first) }
        return try readRest(bytes, at: &position, above: Int(mask))
    }

    private static func readRest(
        _ bytes: Span<UInt8>, at position: inout Int, above start: Int
    ) throws(HPACKError) -> Int {
        var value = start
        for octet in 0..<octetsMax {
            guard position < bytes.count else { throw .truncatedBlock }
            let byte = bytes[position]
            position += 1
            value += Int(byte & 0x7f) << (7 * octet)
            if byte & 0x80 == 0 { return value }
        }
        throw .integerTooLarge
    }

    /// Appends `value` behind the bits of `pattern` that lie above the low `prefix` bits.
    @inline(__always)
    static func write(
        _ value: Int, prefix: UInt8, pattern: UInt8, into block: inout ByteBuffer
    ) {
        let mask = (1 << prefix) - 1
        if value < mask {
            block.append(pattern | UInt8(truncatingIfNeeded: value))
        } else {
            block.append(pattern | UInt8(truncatingIfNeeded: mask))
            writeRest(value - mask, into: &block)
        }
    }

    private static func writeRest(_ value: Int, into block: inout ByteBuffer) {
        var rest = value
        while rest >= 0x80 {
            block.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        block.append(UInt8(truncatingIfNeeded: rest))
    }
}
