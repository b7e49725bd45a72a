// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking

/// One request of a client and the origin's answer to it, passed on as they come.
///
/// 1. Take a lease at the origin whose turn it is: a connection that waits in its pool, or a new one.
/// 2. Send the head, with the body when all of it is there; else start carrying the body up.
/// 3. Wait for the answer's head. When there is none, and sending twice does no harm: again from 1.
///    Behind a new connection that proves dead another origin is asked.
/// 4. Pass on interim answers, then the answer, while the rest of the body goes up beside it.
/// 5. Give the connection back, when both messages ended in good order.
///
/// A class, because its tasks' frames would hold a copy for each step that waits.
final class Exchange<Client: RequestStream> {
    /// How an exchange ended, when there is nothing left to answer.
    enum Ending {
        /// Both messages are whole: the client's connection may carry its next request.
        case whole
        /// The answer is whole, the request's body is not: its connection has no next request.
        case early
        /// The connection became a tunnel, and has ended.
        case tunnelled
        /// The answer could not be finished, and the client must see that.
        case broken(AnswerError)
    }

    /// Why there is no answer to pass on; whoever made the exchange answers instead.
    enum Failure: Error {
        case origin(OriginError)
        case client(ServerError)
    }

    let client: Client
    let origins: Origins
    let settings: ReverseProxy.Settings
    let forwarding: ForwardedFields
    /// Asked before the head is changed on its way.
    private let isWebSocket: Bool

    /// The answer's status, for the access log.
    private(set) var status = 0

    init(
        client: Client, origins: Origins, settings: ReverseProxy.Settings,
        forwarding: ForwardedFields
    ) {
        self.client = client
        self.origins = origins
        self.settings = settings
        self.forwarding = forwarding
        isWebSocket = client.traits.asksToSwitch && client.request.asksForWebSocket
    }

    /// Ends the exchange wherever it is.
    private var cancel: (() -> Void)?
    private var isOverdue = false

    /// The exchange, within the time that all of it may take. A tunnel may go on after that.
    func run() async throws(Failure) -> Ending {
        guard let total = settings.values.totalTimeout else { return try await attempts() }
        let timer = origins.loop.schedule(after: total) { [weak self] in self?.becameOverdue() }
        defer { timer.cancel() }
        return try await attempts()
    }

    private func becameOverdue() {
        guard status != 101 else { return }
        isOverdue = true
        cancel?()
        // Who waits for the client to take more of an answer waits no longer.
        if status != 0 { client.abort() }
    }

    private func attempts() async throws(Failure) -> Ending {
        let isBuffered = client.bufferedBody != nil
        let isIdempotent = client.traits.method.isIdempotent
        var avoided = OriginSet()
        var refusals = 0
        while true {
            let lease: OriginLease
            do {
                lease = try await origins.take(
                    demand(isRepeatable: isBuffered && isIdempotent), avoiding: avoided)
            } catch { throw .origin(error) }
            defer { origins.end(lease) }
            let isReused: Bool
            do {
                switch lease.link {
                case .http1(let connection):
                    isReused = connection.isReused
                    return try await run(on: connection.begin(client, forwarding), lease)
                case .http2(let connection):
                    isReused = connection.isReused
                    return try await run(on: begin(on: connection), lease)
                }
            } catch {
                guard case .origin(let cause) = error else { throw error }
                guard !isOverdue else { throw .origin(.timedOut("of all that it may take")) }
                // A client that has left, or waited long enough, is not the origin's fault.
                guard !client.isGone else { throw .client(.truncated) }
                origins.failed(lease, cause, isReused: isReused)
                guard isBuffered, cause.allowsSendingAgain(isIdempotent: isIdempotent) else {
                    throw error
                }
                // RFC 9112 §9.3.1: a kept connection may have been closed as we wrote. Behind a new
                // one the origin is sick; and one that refuses again does so a third time.
                if case .refused = cause { refusals += 1 }
                if !isReused || refusals > 1 { avoided.insert(lease.place) }
                guard origins.hasOther(than: avoided) else { throw error }
            }
        }
    }

    private func demand(isRepeatable: Bool) -> OriginDemand {
        OriginDemand(
            isRepeatable: isRepeatable,
            isTunnel: isWebSocket,
            client: origins.announces ? forwarding.ends : nil)
    }

    private func begin(
        on connection: HTTP2OriginConnection
    ) throws(Failure) -> HTTP2OriginStream {
        do { return try connection.begin(client, forwarding) } catch { throw .origin(error) }
    }

    private func run(
        on origin: some OriginStream, _ lease: OriginLease
    ) async throws(Failure) -> Ending {
        cancel = { origin.close() }
        client.onAbandon = cancel
        defer {
            client.onAbandon = nil
            cancel = nil
        }
        if isOverdue { origin.close() }
        do {
            try await origin.sendBody(of: client, timeout: settings.values.responseTimeout)
        } catch {
            origin.close()
            throw .origin(error)
        }
        guard client.bufferedBody == nil else { return try await receive(from: origin, lease) }
        let pump = BodyPump(
            source: client.requestBody(limits: settings.values.limits),
            sink: origin.requestBody(client.traits.framing, timeout: settings.values.bodyTimeout),
            allowance: BodyAllowance(settings.values.maxBody))
        return try await receive(from: origin, lease, beside: Upload(pump, on: origins.loop))
    }

    /// Waits for the answer to a request that was sent whole, and passes it on.
    private func receive(
        from origin: some OriginStream, _ lease: OriginLease
    ) async throws(Failure) -> Ending {
        do { try await receiveHead(from: origin) } catch {
            origin.close()
            throw .origin(error)
        }
        origins.succeeded(lease)
        client.consumeBufferedBody()
        do throws(AnswerError) {
            if let ending = try await passOn(from: origin) { return ending }
        } catch {
            origin.close()
            return .broken(error)
        }
        origin.recycle(to: lease.pool)
        return .whole
    }

    /// The same while the request's body is still on its way.
    private func receive<Origin: OriginStream>(
        from origin: Origin, _ lease: OriginLease,
        beside upload: Upload<Client.RequestBody, Origin.RequestBody>
    ) async throws(Failure) -> Ending {
        do { try await receiveHead(from: origin) } catch {
            let fault = await upload.abandon(origin, client)
            if let fault { throw .client(fault) }
            throw .origin(error)
        }
        origins.succeeded(lease)
        do throws(AnswerError) {
            if let ending = try await passOn(from: origin) { return ending }
        } catch {
            _ = await upload.abandon(origin, client)
            origin.close()
            return .broken(error)
        }
        guard upload.isWhole else {
            _ = await upload.abandon(origin, client)
            return .early
        }
        origin.recycle(to: lease.pool)
        return .whole
    }

    private func receiveHead(from origin: some OriginStream) async throws(OriginError) {
        try await origin.receiveHead(
            answering: client.traits.method, timeout: settings.values.responseTimeout)
        guard origin.head.status != 101 || client.traits.asksToSwitch else {
            throw .malformed("it switches protocols, which nobody asked for")
        }
    }

    /// An answer has begun: passes it on. Answers how it ended, if not as a whole message.
    private func passOn(
        from origin: some OriginStream
    ) async throws(AnswerError) -> Ending? {
        // Asked here too, because a call that awaits costs a frame, and hardly any answer has one.
        if ResponseHead.isInterim(origin.head.status) { try await passOnInterim(from: origin) }
        status = origin.head.status
        if status == 101 { return try await tunnel(to: origin) }
        try await passOnAnswer(from: origin)
        return nil
    }

    private func tunnel(to origin: some OriginStream) async throws(AnswerError) -> Ending {
        if client.traits.isExtendedConnect {
            // The client cannot see the proof: we do (RFC 6455 §4.1).
            let proof = origin.head.fields.text(of: .secWebSocketAccept)
            guard proof == forwarding.webSocketKey?.accept else {
                throw .origin("101 that does not answer the WebSocket's key")
            }
        }
        do {
            try await client.sendSwitching(
                &origin.head, forwarding, timeout: settings.values.bodyTimeout)
        } catch { throw .client(error) }
        let tunnel = Tunnel(
            client: client, origin: origin, idleTimeout: settings.values.tunnelTimeout)
        if isWebSocket { client.tunnelBegins { tunnel.drain() } }
        await tunnel.run(on: origins.loop)
        client.close()
        origin.close()
        return .tunnelled
    }
}
