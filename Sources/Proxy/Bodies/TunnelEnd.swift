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

/// An end that is a connection by itself. What its protocol makes of an end without close_notify is its
/// own affair.
protocol HTTP1TunnelEnd: TunnelEnd {
    var channel: Channel { get }
}

extension HTTP1TunnelEnd {
    func tunnelSource(timeout: Duration) -> HTTP1BodySource {
        HTTP1BodySource(
            channel, .untilClose, limits: HTTP1Limits(), timeout: timeout, needsCleanEnd: false)
    }

    func tunnelSink(timeout: Duration) -> HTTP1BodySink {
        HTTP1BodySink(channel: channel, inChunks: false, timeout: timeout)
    }

    func allow(_ duration: Duration) { channel.allow(duration) }

    func append(_ bytes: [UInt8]) async throws(TransportError) {
        channel.borrowOutput()
        channel.output.append(bytes)
        try await channel.flush()
    }

    func interruptTunnel() { channel.transport.socket.interruptRead() }
    func endWriting() { channel.transport.endWriting() }
}
