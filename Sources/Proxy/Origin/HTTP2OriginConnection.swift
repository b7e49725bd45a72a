// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking

/// An HTTP/2 connection to an origin, which many exchanges share.
final class HTTP2OriginConnection: IdleConnection {
    private let endpoint: HTTP2Endpoint
    private let waiting: IdleConnections
    private let scheme: StaticString
    /// Whose it is, when the origin was told so in a PROXY header: nobody else's requests go over it.
    let announced: ProxyHeader.Addresses?
    /// Whether it has carried streams before: only then may it have died unnoticed.
    private(set) var isReused = false

    /// Takes over a transport whose handshake is made, and reads from it until it ends; `ended` is called
    /// then.
    init(
        _ transport: Transport, scheme: StaticString, announced: ProxyHeader.Addresses?,
        configuration: OriginPool.Configuration, waiting: IdleConnections,
        ended: @escaping (HTTP2OriginConnection) -> Void
    ) {
        endpoint = HTTP2Endpoint(
            transport, role: .client, limits: configuration.http2, timeouts: .origin(configuration))
        self.scheme = scheme
        self.announced = announced
        self.waiting = waiting
        super.init()
        endpoint.begin()
        endpoint.onQuiet = { [weak self] in self?.beginWait() }
        let bound = LoopBound((self, ended), on: transport.loop)
        transport.loop.spawn {
            let (connection, ended) = bound.value
            // Each stream has learnt why, and says so.
            try? await connection.endpoint.run(nil)
            connection.endpoint.channel.close()
            connection.waiting.remove(connection)
            ended(connection)
        }
    }

    /// Whether another stream may be opened now; one that is to become a tunnel if asked for (RFC 8441 §3).
    func hasRoom(forTunnel: Bool) -> Bool {
        endpoint.mayOpen && (!forTunnel || endpoint.peerAllowsExtendedConnect)
    }

    /// Whether it will ever take another stream.
    var isUsable: Bool { endpoint.isUsable }

    /// Opens a stream with a client's request.
    func begin(
        _ client: some RequestStream, _ forwarding: ForwardedFields
    ) throws(OriginError) -> HTTP2OriginStream {
        let switches = client.traits.asksToSwitch && client.request.asksForWebSocket
        let body = client.bufferedBody
        let stream = endpoint.open(
            ends: body == 0 && !switches, method: switches ? .connect : client.traits.method
        ) { encoder in
            encoder.append(
                pseudoFieldsOf: client.request, scheme: scheme,
                protocolName: switches ? "websocket" : nil)
            forwarding.appendRequestFields(&client.request, for: .http2, to: &encoder)
        }
        waiting.remove(self)
        guard let stream else { throw .refused("it takes no more streams") }
        isReused = true
        return HTTP2OriginStream(stream, webSocketKey: switches ? forwarding.webSocketKey : nil)
    }

    private func beginWait() {
        if !isWaiting, !waiting.add(self) { retire() }
    }

    override func endWait() {
        retire()
    }

    /// Takes no more streams; those that are open finish.
    func retire() {
        endpoint.drain()
    }
}

extension HTTP2Timeouts {
    fileprivate static func origin(_ configuration: OriginPool.Configuration) -> HTTP2Timeouts {
        var timeouts = HTTP2Timeouts()
        timeouts.head = configuration.connectTimeout
        timeouts.idle = configuration.idleTimeout
        return timeouts
    }
}
