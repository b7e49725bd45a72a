// SPDX-License-Identifier: Apache-2.0

extension [UInt8] {
    /// Appends a copy of `bytes`, in one move of memory.
    package mutating func append(copying bytes: Span<UInt8>) {
        bytes.withUnsafeBufferPointer { append(contentsOf: $0) }
    }

    /// Appends a copy of its own bytes in `range`.
    package mutating func append(copyingOwn range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= count)
        let start = count
        append(contentsOf: repeatElement(0, count: range.count))
        withUnsafeMutableBytes { bytes in
            let part = UnsafeMutableRawBufferPointer(rebasing: bytes[start...])
            part.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[range]))
        }
    }
}
