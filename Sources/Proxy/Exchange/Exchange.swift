// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking

/// One request of a client and the origin's answer to it, passed on as they come.
///
/// 1. Take a connection that waits in the pool, or open one.
/// 2. Send the head, with the body when all of it is there; else start carrying the body up.
/// 3. Wait for the answer's head. When the connection was a kept one and proves dead before the
///    first byte of an answer, and sending twice does no harm: again from 1.
/// 4. Pass on interim answers, then the answer, while the rest of the body goes up beside it.
/// 5. Give the connection back, when both messages ended in good order.
struct Exchange {
    /// How an exchange ended, when there is nothing left to answer.
    enum Ending {
        /// Both messages are whole: the client's connection may carry its next request.
        case whole
        /// The answer is whole, the request's body is not: its connection has no next request.
        case early
        /// The connection became a tunnel, and has ended.
        case tunnelled
        /// The answer could not be finished, and the client must see that.
        case broken(String)
    }

    /// Why there is no answer to pass on; whoever made the exchange answers instead.
    enum Failure: Error {
        case origin(OriginError)
        case client(ServerError)
    }

    let client: ServerConnection
    let pool: OriginPool
    let settings: ReverseProxy.Configuration
    var forwarding: ForwardedFields

    /// The answer's status, for the access log.
    private(set) var status = 0

    mutating func run() async throws(Failure) -> Ending {
        let isReplayable = client.request.method.isIdempotent && bodyIsBuffered
        while true {
            let origin: OriginConnection
            do { origin = try await takeOrigin(mayFindDead: isReplayable) } catch {
                throw .origin(error)
            }
            do {
                return try await run(on: origin)
            } catch {
                origin.close()
                // RFC 9112 §9.3.1: a kept connection may have been closed as we wrote.
                guard origin.isReused, isReplayable, case .origin(.closedEarly) = error,
                    !origin.parser.hasBegun
                else { throw error }
            }
        }
    }

    /// A kept connection if there is one; for a request that cannot be sent twice, only one of
    /// which the kernel knows nothing bad at this moment.
    private func takeOrigin(mayFindDead: Bool) async throws(OriginError) -> OriginConnection {
        while let kept = pool.takeIdle() {
            if mayFindDead || !kept.channel.transport.socket.hasEnded { return kept }
            kept.close()
        }
        return try await pool.connect()
    }

    private mutating func run(on origin: OriginConnection) async throws(Failure) -> Ending {
        do { try await send(to: origin) } catch { throw .origin(error) }
        let upload = beginUpload(to: origin)
        do { try await receiveHead(from: origin) } catch {
            let fault = await upload?.abandon(origin)
            if let fault { throw .client(fault) }
            throw .origin(error)
        }
        consumeBufferedBody()
        return await passOn(from: origin, beside: upload)
    }

    /// An answer has begun: everything from here on ends in an `Ending`.
    private mutating func passOn(
        from origin: OriginConnection, beside upload: Upload?
    ) async -> Ending {
        do {
            // Asked here too, because a call that awaits costs a frame, and hardly any answer has one.
            if origin.hasInterimHead { try await passOnInterim(from: origin) }
            status = origin.head.status
            if status == 101 { return try await tunnel(to: origin) }
            try await passOnAnswer(from: origin)
        } catch {
            _ = await upload?.abandon(origin)
            origin.close()
            return .broken("\(error)")
        }
        if let upload, !upload.isWhole {
            _ = await upload.abandon(origin)
            return .early
        }
        recycle(origin)
        return .whole
    }

    private func recycle(_ origin: OriginConnection) {
        guard origin.head.keepsAlive, origin.head.framing != .untilClose else {
            return origin.close()
        }
        pool.give(origin)
    }

    private func tunnel(to origin: OriginConnection) async throws(AnswerError) -> Ending {
        guard client.request.wantsUpgrade else { throw .origin("101 that nobody asked for") }
        forwarding.appendSwitchingHead(&origin.head, to: &client.channel.output)
        try await flushToClient()
        let tunnel = Tunnel(
            client: client.channel, origin: origin.channel, idleTimeout: settings.tunnelTimeout)
        await tunnel.run()
        client.channel.close()
        origin.close()
        return .tunnelled
    }
}
