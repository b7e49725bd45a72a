// SPDX-License-Identifier: Apache-2.0
package import Networking
import TLS

/// A transport with what was read from it and not yet used, and what is to be written to it.
///
/// One task may use `input` while another uses `output`.
package final class Channel {
    package let transport: Transport
    package let loop: EventLoop
    package var input = ByteBuffer()
    package var output = ByteBuffer()

    package init(_ transport: Transport) {
        self.transport = transport
        loop = transport.loop
    }

    // No `inout` access to a buffer lasts over a wait: whoever sweeps idle connections may take the
    // memory of an empty one meanwhile.

    /// Reads more into `input`, waiting for at least a byte; 0 when the peer has ended.
    ///
    /// What is read lies in a block of the loop's; whoever empties `input` gives it back.
    package func fill() async throws(TransportError) -> Int {
        while true {
            if transport.mayRead {
                input.borrowBlock(from: loop.blocks)
                if let count = try transport.readNow(into: &input) { return count }
                returnInput()
            }
            try await transport.waitReadable()
        }
    }

    /// The same for a long body: as much at once as a large block holds.
    package func fillForBody() async throws(TransportError) -> Int {
        while true {
            if transport.mayRead {
                input.returnBlock(to: loop.blocks)
                input.borrowBlock(from: loop.bodyBlocks)
                if let count = try transport.readNow(into: &input) { return count }
                returnInput()
            }
            try await transport.waitReadable()
        }
    }

    /// Gives back the block that `input` borrowed, if it is empty.
    package func returnInput() {
        input.returnBlock(to: loop.blocks)
        input.returnBlock(to: loop.bodyBlocks)
    }

    /// Borrows a block for `output`, for what is appended next; `flush` gives it back.
    package func borrowOutput() {
        output.borrowBlock(from: loop.blocks)
    }

    /// The same for so many bytes of a body behind what waits: a large block, if a small one is too small.
    package func borrowOutput(for count: Int) {
        borrowOutput()
        guard output.room < count else { return }
        output.moveToBlock(from: loop.bodyBlocks, outOf: loop.blocks)
    }

    /// Writes what the peer takes now of `output`; true when that was all.
    package func flushNow() throws(TransportError) -> Bool {
        while !output.isEmpty {
            let written = try output.withReadable { (bytes) throws(TransportError) in
                try transport.writeNow(bytes)
            }
            guard written > 0 else { return false }
            output.consume(written)
        }
        output.returnBlock(to: loop.blocks)
        output.returnBlock(to: loop.bodyBlocks)
        return true
    }

    /// Writes all of `output`.
    package func flush() async throws(TransportError) {
        while try !flushNow() { try await transport.waitWritable() }
    }

    /// Every wait from now on may take as long as this, counted from now.
    package func allow(_ duration: Duration) {
        transport.deadline = loop.now + duration
    }

    /// Gives back the memory of empty buffers: while a connection is idle it needs none.
    package func releaseBuffers() {
        input.releaseIfEmpty()
        output.releaseIfEmpty()
        transport.tls?.releaseBuffers()
    }

    package func close() {
        transport.close()
    }

    /// Ends a connection whose peer may still be sending: what it sends is read and dropped for a
    /// moment, because closing with unread bytes makes the kernel reset the connection and the
    /// peer lose our last words.
    package func closeLingering(within duration: Duration) async {
        transport.endWriting()
        allow(duration)
        input.clear()
        var dropped = 0
        while dropped < Self.lingerBytes, let count = try? await fill(), count > 0 {
            dropped += count
            input.clear()
        }
        close()
    }

    /// The most that is read after the last words.
    private static let lingerBytes = 1 << 20
}
