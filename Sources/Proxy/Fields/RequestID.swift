// SPDX-License-Identifier: Apache-2.0

/// Makes the values of `X-Request-Id`: 32 hexadecimal digits, unlike any other of this or another
/// loop, process or machine. They name requests in logs; nothing may rely on their secrecy.
struct RequestIDSource {
    private let prefix = UInt64.random(in: .min ... .max)
    private var counter = UInt64(UInt32.random(in: .min ... .max))

    /// The digits of the next id, in ASCII.
    mutating func next() -> InlineArray<32, UInt8> {
        counter &+= 1
        let low = counter
        let high = prefix
        return InlineArray<32, UInt8> { index in
            let word = index < 16 ? high : low
            let nibble = UInt8(truncatingIfNeeded: word >> UInt64((15 - index % 16) * 4)) & 15
            return nibble < 10 ? 0x30 + nibble : 0x57 + nibble
        }
    }
}
