// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking
import Provisioning
import Proxy
import TLS

/// What one data loop runs: its certificates, its listeners, its connections, its way to the
/// application. On that loop only.
final class EdgeLoop {
    private let loop: EventLoop
    let certificates: LoopCertificates
    private let context: ServerContext
    private let proxy: ReverseProxy
    private let plainPort: PlainPort
    private let connections: ConnectionSet
    private var handshakes: HTTPSListener.Configuration
    private let traffic: TrafficLog
    private var https: [SocketAddress: HTTPSListener] = [:]
    private var http: [SocketAddress: TCPListener] = [:]

    /// May be called off the loop.
    init(
        _ configuration: Configuration, loop: EventLoop, place: Int, provisioner: Provisioner,
        ticketKeys: TicketKeys, loopMark: LoopMark, traffic: TrafficLog
    ) throws(EdgeError) {
        self.loop = loop
        self.traffic = traffic
        do throws(TLSError) {
            let library = try LibraryContext()
            certificates = LoopCertificates(
                loop: loop, provisioner: provisioner, configuration: .init(configuration),
                library: library)
            context = try ServerContext(
                configuration: ServerTLSConfiguration(
                    applicationProtocols: configuration.listen.http2
                        ? ["h2", "http/1.1"] : ["http/1.1"],
                    tickets: configuration.tls.tickets),
                ticketKeys: ticketKeys, selector: certificates, library: library)
        } catch {
            throw EdgeError("cannot set up TLS: \(error)")
        }
        let settings = try EdgeLoopSettings(
            configuration, for: loop, place: place, loopMark: loopMark, observer: traffic)
        proxy = ReverseProxy(
            origins: settings.origins, configuration: settings.proxy, observer: traffic, on: loop)
        plainPort = PlainPort(
            settings.plain, certificates: certificates, provisioner: provisioner)
        connections = ConnectionSet(limit: configuration.limits.connections)
        handshakes = HTTPSListener.Configuration(configuration.limits)
        handshakes.proxies = settings.proxies
        certificates.onWithdrawal = { [unowned self] name, isWithdrawn in
            set(name, isWithdrawn: isWithdrawn)
        }
    }

    /// No visitor of a name that was deprovisioned is served, nor those who came before.
    private func set(_ name: CertificateName, isWithdrawn: Bool) {
        proxy.set(name, isWithdrawn: isWithdrawn)
        guard isWithdrawn else { return }
        connections.retire { transport in
            transport.tls?.serverName.map { name.covers($0) } ?? false
        }
    }

    /// Domains with origins of their own, as clients of the management API have set them.
    func setOrigins(_ origins: [CertificateName: [OriginURL]]) {
        proxy.setOrigins(origins)
    }

    /// Says where such origins may be.
    func restrictOrigins(to targets: OriginTargets) {
        proxy.restrictOrigins(to: targets)
    }

    // MARK: Listening

    /// Listens at these addresses too, and answers the ports the kernel chose. When one of them
    /// cannot be had, nothing has changed.
    func open(_ wanted: ListenAddresses) throws(SystemError) -> ListenAddresses {
        var opened = ListenAddresses()
        do {
            for address in wanted.https where https[address] == nil {
                let listener = try openHTTPS(address)
                https[listener.localAddress] = listener
                opened.https.append(listener.localAddress)
            }
            for address in wanted.http where http[address] == nil {
                let listener = try openHTTP(address)
                http[listener.localAddress] = listener
                opened.http.append(listener.localAddress)
            }
            return opened
        } catch {
            close(opened)
            throw error
        }
    }

    /// Stops listening at these addresses; the connections made there go on.
    func close(_ addresses: ListenAddresses) {
        for address in addresses.https { https.removeValue(forKey: address)?.close() }
        for address in addresses.http { http.removeValue(forKey: address)?.close() }
    }

    /// Stops listening, lets open requests end for `patience`, cuts off the rest. Answers how many
    /// those were.
    func drain(patience: Duration) async -> Int {
        close(ListenAddresses(https: Array(https.keys), http: Array(http.keys)))
        return await connections.drain(patience: patience, on: loop)
    }

    /// Sends requests from now on as another configuration has it.
    func reconfigure(
        _ settings: EdgeLoopSettings, certificates configuration: LoopCertificates.Configuration
    ) {
        certificates.adopt(configuration)
        proxy.reconfigure(origins: settings.origins, configuration: settings.proxy)
        plainPort.configuration = settings.plain
        handshakes.proxies = settings.proxies
        for listener in https.values { listener.proxies = settings.proxies }
    }

    /// What the health checks of an origin say from now on.
    func checked(_ origin: OriginURL, isHealthy: Bool) {
        proxy.checked(origin, isHealthy: isHealthy)
    }

    /// Where the plain port sends clients that name a port.
    func redirect(to httpsPort: UInt16) {
        plainPort.configuration.httpsPort = httpsPort
    }

    private func openHTTPS(_ address: SocketAddress) throws(SystemError) -> HTTPSListener {
        let traffic = traffic
        let listener = try HTTPSListener(
            address: address, context: context, connections: connections,
            configuration: handshakes, on: loop,
            failed: { traffic.handshakeFailed(client: $0, $1) },
            serve: { [unowned self] in await serve($0, $1) })
        listener.onTrouble = { traffic.acceptingPaused($0) }
        return listener
    }

    private func openHTTP(_ address: SocketAddress) throws(SystemError) -> TCPListener {
        let bound = LoopBound(self, on: loop)
        let listener = try TCPListener(
            address: address, handover: .whenReadable, on: loop
        ) { [loop] socket in
            let socket = LoopBound(socket, on: loop)
            loop.spawn { await bound.value.servePlain(socket.value) }
        }
        let traffic = traffic
        listener.onTrouble = { traffic.acceptingPaused($0) }
        return listener
    }

    // MARK: Connections

    private func serve(_ transport: Transport, _ member: ConnectionSet.Member) async {
        // A CA that validates has seen what it came for in the handshake (RFC 8737 §3).
        guard let credential = transport.tls?.credential, !credential.isChallenge else { return }
        let isHTTP2 = transport.tls?.negotiatedALPN == "h2"
        await proxy.serve(
            transport, isHTTP2 ? .http2 : .http11, serverName: transport.tls?.serverName,
            names: credential.names, member,
            of: connections)
    }

    private func servePlain(_ socket: TCPSocket) async {
        let transport = Transport(socket)
        guard let member = connections.add(transport) else { return socket.close() }
        defer {
            transport.close()
            connections.remove(member)
        }
        guard await hasNamedClient(transport) else { return }
        await plainPort.serve(transport, member, of: connections)
    }

    /// Whether a connection in the clear is from no proxy, or began with its PROXY header.
    private func hasNamedClient(_ transport: Transport) async -> Bool {
        guard handshakes.proxies.contains(transport.client.ip) else { return true }
        transport.deadline = loop.now + handshakes.handshakeTimeout
        do {
            try await transport.receiveProxyHeader()
            return true
        } catch {
            traffic.handshakeFailed(client: transport.client, error)
            return false
        }
    }
}

extension HTTPSListener.Configuration {
    init(_ limits: LimitsConfiguration) {
        self.init()
        handshakeTimeout = limits.handshakeTimeout
    }
}
