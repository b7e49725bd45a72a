// SPDX-License-Identifier: Apache-2.0
package import HTTP
package import Networking
package import TLS

/// Serves client connections of one loop by passing each request to the origin.
package final class ReverseProxy {
    package struct Configuration: Sendable {
        /// Peers whose X-Forwarded fields are kept, and believed.
        package var trustedProxies = TrustedProxies()
        /// For the origin to take a request and to begin its answer; then 504.
        package var responseTimeout = Duration.seconds(60)
        /// Between two pieces of an answer's body, from the origin or to the client.
        package var bodyTimeout = Duration.seconds(300)
        /// How long an upgraded connection may be silent both ways.
        package var tunnelTimeout = Duration.seconds(3600)
        /// For a whole exchange, event streams too, up to a switch of protocols; nil: no such limit.
        package var totalTimeout: Duration?
        /// The longest request body, in bytes; then 413. Nil: no bound.
        package var maxBody: UInt64?
        /// What is added to heads and removed from them.
        package var fields = FieldPolicy.none
        /// By what requests are known that went through us before; nil: none is looked for.
        package var loopMark: LoopMark?
        package var client = ServerConnection.Timeouts()
        package var limits = HTTP1Limits()
        package var http2 = HTTP2Limits()

        package init() {}
    }

    /// A configuration in one place for all exchanges that began under it.
    final class Settings: Sendable {
        let values: Configuration

        init(_ values: Configuration) {
            self.values = values
        }
    }

    let loop: EventLoop
    let observer: any ProxyObserver
    private var table: OriginTable
    private(set) var settings: Settings
    private var requestIDs = RequestIDSource()
    private var clock = ResponseClock()
    let tasks: RequestTasks

    package init(
        origins: OriginTable, configuration: Configuration, observer: any ProxyObserver,
        on loop: EventLoop
    ) {
        table = origins
        settings = Settings(configuration)
        self.observer = observer
        self.loop = loop
        tasks = RequestTasks(on: loop)
    }

    /// Sends requests from now on elsewhere, or otherwise: a changed configuration. Exchanges under
    /// way end as they began.
    package func reconfigure(origins: OriginTable, configuration: Configuration) {
        origins.adopt(table)
        table.retire()
        table = origins
        settings = Settings(configuration)
    }

    /// What the health checks of an origin say from now on.
    package func checked(_ origin: OriginURL, isHealthy: Bool) {
        table.checked(origin, isHealthy: isHealthy)
    }

    /// Sends the requests of these domains to origins of their own from now on; none: where those of all
    /// others go. The configuration's own word for a domain comes first.
    package func setOrigins(_ origins: [CertificateName: [OriginURL]]) {
        for (name, urls) in origins { table.set(urls, for: name) }
    }

    /// Says where origins may be that clients of the management API set.
    package func restrictOrigins(to targets: OriginTargets) {
        table.restrict(to: targets)
    }

    /// Answers requests for a name that was deprovisioned with 421 from now on, or no longer.
    package func set(_ name: CertificateName, isWithdrawn: Bool) {
        table.set(name, isWithdrawn: isWithdrawn)
    }

    /// Serves a connection whose handshake is made, until it ends or is parked; the caller closes it, or
    /// calls `member.goOn` when it can be read.
    ///
    /// `names` are what the certificate that it was given covers; `version` is what the client and we
    /// have agreed to speak.
    package func serve(
        _ transport: Transport, _ version: HTTPVersion, serverName: ServerName?,
        names: [CertificateName], _ member: ConnectionSet.Member, of connections: ConnectionSet
    ) async {
        let visitor = Visitor(
            address: transport.client.ip, trusted: settings.values.trustedProxies,
            serverName: serverName, names: names, ends: transport.ends)
        guard version < .http2 else {
            return await serveHTTP2(transport, visitor, member)
        }
        let connection = ServerConnection(
            transport, limits: settings.values.limits, timeouts: settings.values.client)
        member.channel = connection.channel
        connection.onTunnel = { [unowned member] in member.onDrain = $0 }
        await serve(connection, visitor, member, of: connections)
    }

    private func serve(
        _ connection: ServerConnection, _ visitor: Visitor, _ member: ConnectionSet.Member,
        of connections: ConnectionSet
    ) async {
        do {
            while try await connection.nextRequest(member) {
                if connections.isEnding(member) { connection.closesAfterResponse = true }
                try await answer(connection, visitor)
                guard connection.channel.transport.socket.isOpen else { return }
                guard !connection.closesAfterResponse, !connections.isEnding(member) else {
                    return await connection.closeLingering()
                }
            }
            guard connection.isParked else { return }
            member.goOn = { [self] in await serve(connection, visitor, member, of: connections) }
        } catch {
            await end(connection, visitor, after: error)
        }
    }

    /// Answers one request: by the origin, or by ourselves with the reason why not.
    func answer(_ client: some RequestStream, _ visitor: Visitor) async throws(ServerError) {
        let began = loop.now
        let id = requestIDs.next()
        let record = observer.wantsAccessRecords ? Draft(client.request, visitor) : nil
        let status = try await status(of: client, visitor, id)
        if let record {
            observer.record(
                record.finished(
                    status: status, requestID: String(decoding: id),
                    duration: began.duration(to: .now)))
        }
    }

    private func status(
        of client: some RequestStream, _ visitor: Visitor, _ id: InlineArray<32, UInt8>
    ) async throws(ServerError) -> Int {
        // RFC 9110 §15.5.20. A gateway that takes CONNECT would be an open proxy.
        let origins = client.withRequestHost { host in
            visitor.mayAsk(for: host) ? table.origins(for: host) : nil
        }
        guard let origins else { return try await refuse(client, 421, id) }
        guard client.traits.method != .connect || client.traits.isExtendedConnect else {
            return try await refuse(client, 405, id)
        }
        // The operator's own origins lead elsewhere: no request to them is looked at for that.
        let mark = origins.isRegistered ? settings.values.loopMark : nil
        if let mark, mark.marks(client.request.fields) { return try await refuse(client, 508, id) }
        let allowance = BodyAllowance(settings.values.maxBody)
        guard allowance.admits(client.traits.framing, whole: client.bufferedBody) else {
            return try await refuse(client, 413, id)
        }
        let exchange = exchange(of: client, visitor, id, with: origins, mark)
        do {
            switch try await exchange.run() {
            case .whole: break
            case .early: client.endEarly()
            case .tunnelled: client.close()
            case .broken(let error):
                // A client that leaves is not the origin's fault, nor what its leaving does there.
                if case .origin = error, !client.isGone { note(client, id, "\(error)") }
                client.abort()
            }
            return exchange.status
        } catch {
            switch error {
            case .client(.contentTooLarge): return try await refuse(client, 413, id)
            case .client(let error): throw error
            case .origin(let error):
                note(client, id, "\(error)")
                return try await refuse(client, error.status, id)
            }
        }
    }

    /// Apart from the task that runs it, whose frame would have room for all that it is made of.
    @inline(never)
    private func exchange<Client: RequestStream>(
        of client: Client, _ visitor: Visitor, _ id: InlineArray<32, UInt8>, with origins: Origins,
        _ mark: LoopMark?
    ) -> Exchange<Client> {
        Exchange(
            client: client, origins: origins, settings: settings,
            forwarding: ForwardedFields(
                visitor: visitor, client: visitor.client(of: client.request), requestID: id,
                date: clock.date(), policy: settings.values.fields, mark: mark))
    }

    private func note(
        _ client: some RequestStream, _ id: InlineArray<32, UInt8>, _ reason: String
    ) {
        observer.note(
            .originFailed(
                requestID: String(decoding: id), host: client.request.hostText, reason: reason))
    }

    /// An answer of our own.
    private func refuse(
        _ client: some RequestStream, _ status: Int, _ id: InlineArray<32, UInt8>
    ) async throws(ServerError) -> Int {
        try await client.respond(ownAnswer(to: client, status, id))
        return status
    }

    @inline(never)
    private func ownAnswer(
        to client: some RequestStream, _ status: Int, _ id: InlineArray<32, UInt8>
    ) -> OwnAnswer {
        let form = ErrorPage.Form(acceptedBy: client.request.fields)
        let page = ErrorPage(status: status, requestID: id, form: form)
        return OwnAnswer(page: page, date: clock.date(), policy: settings.values.fields)
    }

    /// The one place where what a client did wrong becomes an answer or a silent end.
    private func end(
        _ connection: ServerConnection, _ visitor: Visitor, after error: ServerError
    ) async {
        switch error {
        case .malformed(let fault):
            observer.note(
                .malformedRequest(
                    client: visitor.address, reason: "\(fault)", status: fault.status))
            connection.closesAfterResponse = true
            let id = requestIDs.next()
            guard (try? await refuse(connection, fault.status, id)) != nil else {
                return connection.channel.close()
            }
            await connection.closeLingering()
        case .transport(.stream(.timedOut)):
            connection.closesAfterResponse = true
            _ = try? await refuse(connection, 408, requestIDs.next())
            connection.channel.close()
        case .transport, .truncated, .contentTooLarge:
            connection.channel.close()
        }
    }

    /// What the access log wants of a request, taken before the proxy changes its head.
    private struct Draft {
        let client: IPAddress
        let host: String
        let method: String
        let target: String

        init(_ request: RequestHead, _ visitor: Visitor) {
            client = visitor.client(of: request)
            host = request.hostText
            method = request.methodText
            target = request.targetText
        }

        func finished(
            status: Int, requestID: String, duration: Duration
        ) -> AccessRecord {
            AccessRecord(
                client: client, host: host, method: method, target: target,
                status: status, requestID: requestID, duration: duration)
        }
    }
}

extension String {
    init(decoding digits: InlineArray<32, UInt8>) {
        var bytes: [UInt8] = []
        for index in digits.indices { bytes.append(digits[index]) }
        self.init(decoding: bytes, as: UTF8.self)
    }
}
