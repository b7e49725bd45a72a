// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking

/// One connection to an origin and what is kept for it between requests.
package final class OriginConnection {
    let channel: Channel
    /// What is spoken over it.
    let version: HTTPVersion
    let address: SocketAddress
    var parser: ResponseParser
    var head = ResponseHead()
    /// Whether it has carried a request before: only then may it have died unnoticed.
    var isReused = false
    /// Whether it waits in the pool, where its end is noticed at once.
    var isWaiting = false
    var idleSince = Instant.distantFuture

    init(
        _ transport: Transport, version: HTTPVersion, address: SocketAddress, limits: HTTP1Limits
    ) {
        channel = Channel(transport)
        self.version = version
        self.address = address
        parser = ResponseParser(limits: limits)
    }

    func close() {
        channel.close()
    }
}
