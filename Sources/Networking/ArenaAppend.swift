// SPDX-License-Identifier: Apache-2.0

extension [UInt8] {
    /// Appends a copy of `bytes`, in one move of memory.
    package mutating func append(copying bytes: Span<UInt8>) {
        bytes.withUnsafeBufferPointer { append(contentsOf: $0) }
    }
}
