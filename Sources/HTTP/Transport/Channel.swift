// SPDX-License-Identifier: Apache-2.0
package import Networking

/// A transport with what was read from it and not yet used, and what is to be written to it.
///
/// One task may use `input` while another uses `output`.
package final class Channel {
    package let transport: Transport
    package var input = ByteBuffer()
    package var output = ByteBuffer()

    package init(_ transport: Transport) {
        self.transport = transport
    }

    package var loop: EventLoop { transport.loop }

    /// Reads more into `input`, waiting for at least a byte; 0 when the peer has ended.
    package func fill() async throws(TransportError) -> Int {
        try await transport.read(into: &input)
    }

    /// Writes all of `output`.
    package func flush() async throws(TransportError) {
        try await transport.write(&output)
    }

    /// Every wait from now on may take as long as this, counted from now.
    package func allow(_ duration: Duration) {
        transport.deadline = loop.now + duration
    }

    /// Gives back the memory of empty buffers: while a connection is idle it needs none.
    package func releaseBuffers() {
        input.releaseIfEmpty()
        output.releaseIfEmpty()
    }

    package func close() {
        transport.close()
    }
}
