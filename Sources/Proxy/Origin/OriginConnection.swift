// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking

/// One HTTP/1.1 connection to an origin and what is kept for it between requests.
final class OriginConnection: IdleConnection {
    let channel: Channel
    let address: SocketAddress
    /// Whose it is, when the origin was told so in a PROXY header: nobody else's requests go over it.
    let announced: ProxyHeader.Addresses?
    var parser: ResponseParser
    var head = ResponseHead()
    /// Whether it has carried a request before: only then may it have died unnoticed.
    var isReused = false
    /// Where it waits.
    private weak var pool: OriginPool?

    init(
        _ transport: Transport, address: SocketAddress, announced: ProxyHeader.Addresses?,
        limits: HTTP1Limits, of pool: OriginPool
    ) {
        channel = Channel(transport)
        self.address = address
        self.announced = announced
        self.pool = pool
        parser = ResponseParser(limits: limits)
    }

    override func endWait() {
        guard isWaiting else { return }
        pool?.forget(self)
        close()
    }

    override func releaseBuffers() {
        channel.releaseBuffers()
    }

    func close() {
        channel.close()
    }
}
