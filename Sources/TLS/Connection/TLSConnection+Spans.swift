// SPDX-License-Identifier: Apache-2.0

// The same without pointers, for the rooms that have none.
extension TLSConnection {
    /// Reads what is there.
    package func read(into room: inout MutableSpan<UInt8>) -> TLSReadResult {
        room.withUnsafeMutableBytes { read(into: $0) }
    }

    /// Writes as much as the transport takes; a whole record at a time, so 16 KiB at most.
    package func write(_ bytes: Span<UInt8>) -> TLSWriteResult {
        bytes.withUnsafeBytes { write($0) }
    }
}
