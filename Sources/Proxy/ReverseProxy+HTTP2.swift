// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking

// Clients that speak HTTP/2: a task reads, and each request has one of its own.
extension ReverseProxy {
    func serveHTTP2(
        _ transport: Transport, _ visitor: Visitor, _ member: ConnectionSet.Member
    ) async {
        let endpoint = HTTP2Endpoint(
            transport, role: .server, limits: settings.values.http2,
            timeouts: HTTP2Timeouts(settings.values.client))
        member.channel = endpoint.channel
        member.onDrain = { [weak endpoint] in endpoint?.drain() }
        endpoint.onRequest = { [unowned self] stream in start(stream, visitor) }
        endpoint.onStreamFault = { [observer] fault in
            observer.note(
                .protocolFault(client: visitor.address, reason: "\(fault)", endsConnection: false))
        }
        await run(endpoint, visitor, member)
    }

    private func run(
        _ endpoint: HTTP2Endpoint, _ visitor: Visitor, _ member: ConnectionSet.Member
    ) async {
        do {
            try await endpoint.run(member)
        } catch {
            guard case .fault(let fault) = error else { return }
            observer.note(
                .protocolFault(client: visitor.address, reason: "\(fault)", endsConnection: true))
            return await endpoint.channel.closeLingering(within: settings.values.client.linger)
        }
        guard endpoint.isParked else { return }
        member.goOn = { [self] in await run(endpoint, visitor, member) }
    }

    private func start(_ stream: HTTP2Stream, _ visitor: Visitor) {
        // A request under way keeps the proxy; so do tasks that wait, which end with their loop.
        tasks.start(stream, visitor) { [self] stream, visitor in
            await serve(stream, visitor)
        }
    }

    private func serve(_ stream: HTTP2Stream, _ visitor: Visitor) async {
        // What the client did to its stream, it knows; what was sent of the answer is not the whole.
        do {
            try await answer(stream, visitor)
            if stream.isReceiving {
                await stream.discardRest(within: settings.values.client.linger)
            }
        } catch { stream.reset(.cancel) }
        stream.endpoint.reuse(&stream.request)
    }
}

extension HTTP2Timeouts {
    fileprivate init(_ timeouts: ServerConnection.Timeouts) {
        self.init()
        head = timeouts.head
        idle = timeouts.idle
        body = timeouts.body
    }
}
