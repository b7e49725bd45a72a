// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking

/// One end of a tunnel.
protocol TunnelEnd: AnyObject, SendableMetatype {
    associatedtype TunnelSource: BodySource
    associatedtype TunnelSink: BodySink

    func tunnelSource(timeout: Duration) -> TunnelSource
    func tunnelSink(timeout: Duration) -> TunnelSink
    /// Every wait from now on may take as long as this.
    func allow(_ duration: Duration)
    /// Sends bytes of our own, between two pieces of the other end's.
    func append(_ bytes: [UInt8]) async throws(TransportError)
    /// Ends the wait for more of what this end says, with an error; it may be waited for again.
    func interruptTunnel()
    /// Nothing more goes this way; what comes back is still taken.
    func endWriting()
    /// It is over: whoever waits on it gets an error.
    func close()
}

extension TunnelEnd {
    func append(_ bytes: [UInt8], to channel: Channel) async throws(TransportError) {
        channel.borrowOutput()
        channel.output.append(bytes)
        try await channel.flush()
    }
}
