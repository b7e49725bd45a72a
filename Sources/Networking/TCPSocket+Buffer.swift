// SPDX-License-Identifier: Apache-2.0

extension TCPSocket {
    /// Appends what arrives, up to `max` bytes, waiting for at least one. 0: the peer has ended.
    package func receive(
        into buffer: inout ByteBuffer, max: Int = 16384
    ) async throws(StreamError) -> Int {
        while true {
            var outcome = Outcome.blocked
            try buffer.withWritable(minimum: max) { (room) throws(StreamError) in
                outcome = try read(into: UnsafeMutableRawBufferPointer(rebasing: room[..<max]))
                guard case .bytes(let count) = outcome else { return 0 }
                return count
            }
            switch outcome {
            case .bytes(let count): return count
            case .end: return 0
            case .blocked: try await waitReadable()
            }
        }
    }

    /// Writes all that waits in the buffer, waiting for the peer as often as it takes.
    package func send(_ buffer: inout ByteBuffer) async throws(StreamError) {
        while !buffer.isEmpty {
            switch try write(UnsafeRawBufferPointer(buffer.readableBytes)) {
            case .bytes(let count): buffer.consume(count)
            case .blocked, .end: try await waitWritable()
            }
        }
    }
}
