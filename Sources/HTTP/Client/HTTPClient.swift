// SPDX-License-Identifier: Apache-2.0
package import Networking
package import TLS

/// Sends requests of our own and answers with whole, bounded responses: to CAs, to `ask`.
///
/// Lives on one loop and is called there, by any number of tasks at once. Connections are kept
/// and used again. Redirects are answered as they are, not followed.
package final class HTTPClient: Sendable {
    private let loop: EventLoop
    private let lookup: any HostLookup
    private let userAgent: String
    private let configuration: ClientConfiguration
    private let state: LoopBound<State>

    /// What only the loop touches.
    private final class State {
        let tls: ClientContext
        var pools: [HTTPURL.Origin: ConnectionPool] = [:]

        init(tls: ClientContext) {
            self.tls = tls
        }
    }

    /// Reads the trusted roots, which may take some 30 ms. May be called off the loop.
    package init(
        loop: EventLoop, trustedRoots: TrustedRoots, lookup: any HostLookup, userAgent: String,
        configuration: ClientConfiguration = ClientConfiguration()
    ) throws(TLSError) {
        self.loop = loop
        self.lookup = lookup
        self.userAgent = userAgent
        self.configuration = configuration
        let tls = try ClientContext(trustedRoots: trustedRoots, alpn: ["http/1.1"])
        state = LoopBound(State(tls: tls), on: loop)
    }

    /// Sends a request and answers its response, within `deadline` in all and with a body of at
    /// most `maxBody` bytes. On the client's loop.
    ///
    /// Sent once more when a connection that was kept proves dead before the first byte of a
    /// response, and the request is idempotent or none of it was written.
    package func send(
        _ request: ClientRequest, deadline: Duration, maxBody: Int
    ) async throws(HTTPClientError) -> ClientResponse {
        loop.preconditionCurrent()
        let sendable = try OutgoingRequest(request, userAgent: userAgent)
        let deadline = Instant.now + deadline
        // An actor of the loop may be asking: without a preference for the loop, the standard
        // library would run the closures of its cancellation handlers in the global pool.
        return try await withTaskExecutorPreference(loop) { () throws(HTTPClientError) in
            try await exchange(sendable, with: request.url, by: deadline, maxBody: maxBody)
        }
    }

    private func exchange(
        _ request: OutgoingRequest, with url: HTTPURL, by deadline: Instant, maxBody: Int
    ) async throws(HTTPClientError) -> ClientResponse {
        var attempts = 0
        while true {
            attempts += 1
            let pool = pool(for: url.origin)
            let connection = try await connection(to: url, in: pool, by: deadline)
            let exchange = await connection.exchange(request, by: deadline, maxBody: maxBody)
            settle(connection, in: pool)
            switch exchange {
            case .success(let response): return response
            case .failure(let error):
                let provedDead = connection.isReused && connection.diedUnanswered
                let isSafe = request.method.isIdempotent || !connection.hasWritten
                guard provedDead, isSafe, attempts == 1 else { throw error }
            }
        }
    }

    /// Closes the connections that are kept. Those in use are closed when they are done with.
    package func closeIdle() {
        loop.preconditionCurrent()
        for pool in state.value.pools.values { pool.closeIdle() }
        forgetEmptyPools()
    }

    // MARK: Connections

    private func pool(for origin: HTTPURL.Origin) -> ConnectionPool {
        if let pool = state.value.pools[origin] { return pool }
        let pool = ConnectionPool(on: loop, configuration: configuration)
        state.value.pools[origin] = pool
        return pool
    }

    private func forgetEmptyPools() {
        state.value.pools = state.value.pools.filter { !$0.value.isUnused }
    }

    private func settle(_ connection: ClientConnection, in pool: ConnectionPool) {
        if connection.canBeReused {
            pool.putBack(connection)
        } else {
            connection.close()
            pool.forget()
        }
        if pool.isUnused { forgetEmptyPools() }
    }

    private func connection(
        to url: HTTPURL, in pool: ConnectionPool, by deadline: Instant
    ) async throws(HTTPClientError) -> ClientConnection {
        if let kept = try await pool.take(by: deadline) { return kept }
        do throws(HTTPClientError) {
            return try await open(url, by: deadline)
        } catch {
            pool.forget()
            if pool.isUnused { forgetEmptyPools() }
            throw error
        }
    }

    /// Tries the addresses of the host one after the other.
    private func open(
        _ url: HTTPURL, by deadline: Instant
    ) async throws(HTTPClientError) -> ClientConnection {
        var addresses = try await addresses(of: url.host, by: deadline)[...]
        var failure = HTTPClientError.unresolvable(host: url.host, reason: "it has no address")
        while let ip = addresses.popFirst() {
            if Task.isCancelled { throw .cancelled }
            let left = Instant.now.duration(to: deadline)
            guard left > .zero else { throw .timedOut(.connect) }
            let address = SocketAddress(ip: ip, port: url.port)
            // An address that does not answer leaves time for those behind it.
            let share = min(configuration.connectTimeout, left / (addresses.count + 1))
            let socket: TCPSocket
            do throws(StreamError) {
                socket = try await TCPSocket.connect(to: address, on: loop, timeout: share)
                socket.deadline = deadline
                try await begin(socket)
            } catch {
                failure = .unreachable(address: "\(address)", reason: "\(error)")
                continue
            }
            return try await connection(over: socket, to: url, by: deadline)
        }
        if Instant.now >= deadline { throw .timedOut(.connect) }
        throw failure
    }

    private func begin(_ socket: TCPSocket) async throws(StreamError) {
        guard !configuration.prologue.isEmpty else { return }
        var prologue = ByteBuffer()
        prologue.append(configuration.prologue)
        do throws(StreamError) { try await socket.send(&prologue) } catch {
            socket.close()
            throw error
        }
    }

    private func connection(
        over socket: TCPSocket, to url: HTTPURL, by deadline: Instant
    ) async throws(HTTPClientError) -> ClientConnection {
        guard url.scheme == .https else {
            return ClientConnection(Transport(socket), configuration)
        }
        let tls: TLSConnection
        do throws(TLSError) {
            tls = try TLSConnection(
                client: state.value.tls, descriptor: socket.descriptor, serverName: url.host)
        } catch {
            socket.close()
            throw .tls(host: url.host, reason: "\(error)")
        }
        let connection = ClientConnection(Transport(socket, tls: tls), configuration)
        try await connection.handshake(with: url.host)
        return connection
    }

    /// Looks the host up, unless it is an address itself, for no longer than there is time.
    private func addresses(
        of host: String, by deadline: Instant
    ) async throws(HTTPClientError) -> [IPAddress] {
        if let address = IPAddress(host) { return [address] }
        let answer = LookupAnswer()
        let shared = LoopBound(answer, on: loop)
        let timer = loop.schedule(after: Instant.now.duration(to: deadline)) {
            answer.finish(.failure(.timedOut(.lookup)))
        }
        loop.spawn { [lookup] in
            do {
                shared.value.finish(.success(try await lookup.addresses(of: host)))
            } catch {
                shared.value.finish(
                    .failure(.unresolvable(host: host, reason: "\(error)")))
            }
        }
        let result = await answer.result()
        timer.cancel()
        return try result.get()
    }
}

/// What a lookup comes to, or that it took too long: whichever is first.
private final class LookupAnswer {
    typealias Outcome = Result<[IPAddress], HTTPClientError>

    private var outcome: Outcome?
    private var continuation: CheckedContinuation<Void, Never>?

    func finish(_ outcome: Outcome) {
        guard self.outcome == nil else { return }
        self.outcome = outcome
        continuation?.resume()
        continuation = nil
    }

    func result() async -> Outcome {
        if let outcome { return outcome }
        await withCheckedContinuation { continuation = $0 }
        return outcome ?? .failure(.cancelled)
    }
}
