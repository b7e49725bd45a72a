// SPDX-License-Identifier: Apache-2.0

extension TCPSocket {
    /// Appends what is there, up to `max` bytes, without waiting.
    package func readNow(
        into buffer: inout ByteBuffer, max: Int
    ) throws(StreamError) -> Outcome {
        var outcome = Outcome.blocked
        try buffer.withWritable(minimum: max) { (room) throws(StreamError) in
            outcome = try read(into: UnsafeMutableRawBufferPointer(rebasing: room.prefix(max)))
            guard case .bytes(let count) = outcome else { return 0 }
            return count
        }
        return outcome
    }

    /// Appends what is there, up to `max` bytes, and leaves it there for the next read.
    package func peekNow(
        into buffer: inout ByteBuffer, max: Int
    ) throws(StreamError) -> Outcome {
        var outcome = Outcome.blocked
        try buffer.withWritable(minimum: max) { (room) throws(StreamError) in
            outcome = try peek(into: UnsafeMutableRawBufferPointer(rebasing: room.prefix(max)))
            guard case .bytes(let count) = outcome else { return 0 }
            return count
        }
        return outcome
    }

    /// Writes what the kernel takes of `bytes`; 0 when it takes none.
    package func writeNow(_ bytes: Span<UInt8>) throws(StreamError) -> Int {
        try bytes.withUnsafeBytes { (bytes) throws(StreamError) in
            guard case .bytes(let written) = try write(bytes) else { return 0 }
            return written
        }
    }

    /// Appends what arrives, waiting for at least a byte. 0: the peer has ended.
    package func receive(
        into buffer: inout ByteBuffer, max: Int = 16384
    ) async throws(StreamError) -> Int {
        while true {
            switch try readNow(into: &buffer, max: max) {
            case .bytes(let count): return count
            case .end: return 0
            case .blocked: try await waitReadable()
            }
        }
    }

    /// Writes all that waits in the buffer, waiting for the peer as often as it takes.
    package func send(_ buffer: inout ByteBuffer) async throws(StreamError) {
        while !buffer.isEmpty {
            let written = try buffer.withReadable { (bytes) throws(StreamError) in
                try writeNow(bytes)
            }
            if written == 0 { try await waitWritable() } else { buffer.consume(written) }
        }
    }
}
