// SPDX-License-Identifier: Apache-2.0

/// How an input is cut, told by one byte of it: the verdict must not depend on it.
struct Pieces {
    private var state: UInt32

    init(seed: UInt8) {
        state = UInt32(seed) &* 0x9e37_79b9 | 1
    }

    /// How many bytes come next, 1...32.
    mutating func next() -> Int {
        state ^= state << 13
        state ^= state >> 17
        state ^= state << 5
        return Int(state % 32) + 1
    }

    /// How many bytes are there at each feeding, growing up to `count`.
    static func lengths(of count: Int, seed: UInt8) -> [Int] {
        var pieces = Pieces(seed: seed)
        var lengths: [Int] = []
        var length = 0
        while length < count {
            length = min(count, length + pieces.next())
            lengths.append(length)
        }
        return lengths.isEmpty ? [0] : lengths
    }
}
