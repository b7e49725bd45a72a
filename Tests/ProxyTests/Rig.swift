// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking
import Proxy
import Synchronization
import TLS
import Testing

/// A proxy on a loop of its own, an origin that follows a script, and clients that send raw bytes.
final class Rig: Sendable {
    let loop: EventLoop
    let observer = Notes()
    private let edge: SocketAddress
    /// Closes what it listens on and what is kept open: a test run has a thousand tests, and Foundation's
    /// `Process` reads past its list of open descriptors when that is long.
    private let end: LoopBound<() -> Void>

    /// Rigs share loops, and each loop has two descriptors.
    private static let loops = (0..<4).compactMap { _ in try? EventLoop(name: "rig") }
    private static let rigs = Counter()
    private let proxy: LoopBound<ReverseProxy>
    private let origins: [OriginURL]
    private let connections: LoopBound<ConnectionSet>

    /// What an origin does with each connection that the proxy opens.
    typealias Script = @Sendable (Peer) async throws -> Void

    /// A rig with one origin.
    convenience init(
        version: HTTPVersion = .http11, names: [String] = ["shop.example.com"],
        sweepInterval: Duration = .seconds(2),
        configure: @escaping @Sendable (inout ReverseProxy.Configuration) -> Void = { _ in },
        origin: @escaping Script
    ) async throws {
        try await self.init(
            version: version, names: names, sweepInterval: sweepInterval, origins: [origin],
            configure: configure)
    }

    /// A rig with several origins. `route` says which of their URLs are the application's: all, unless
    /// it says otherwise.
    init(
        version: HTTPVersion = .http11, names: [String] = ["shop.example.com"],
        sweepInterval: Duration = .seconds(2),
        origins scripts: [Script],
        route: @escaping @Sendable (inout OriginTable.Configuration, [OriginURL]) -> [OriginURL] =
            { $1 },
        configure: @escaping @Sendable (inout ReverseProxy.Configuration) -> Void = { _ in }
    ) async throws {
        let loop = try #require(
            Self.loops.isEmpty ? nil : Self.loops[Self.rigs.next() % Self.loops.count])
        self.loop = loop
        let observer = observer
        connections = await loop.call {
            LoopBound(ConnectionSet(limit: 100, sweepInterval: sweepInterval), on: loop)
        }
        let connections = connections
        (edge, proxy, origins, end) = try await onLoop(loop) {
            let listeners = try scripts.map { script in
                try openListener(on: loop) { try await script($0) }
            }
            let urls = try listeners.map { try #require(OriginURL("http://\($0.localAddress)")) }
            var configuration = ReverseProxy.Configuration()
            configure(&configuration)
            var table = OriginTable.Configuration()
            let application = route(&table, urls)
            let needsTLS = application.contains { $0.url.scheme == .https }
            let origins = OriginTable(
                application, configuration: table, lookup: NumericLookup(),
                tls: needsTLS ? try ClientContext(trustedRoots: .system) : nil,
                observer: observer, on: loop)
            let proxy = ReverseProxy(
                origins: origins, configuration: configuration, observer: observer, on: loop)
            let certificateNames = names.compactMap { CertificateName($0) }
            let bound = LoopBound(proxy, on: loop)
            let listener = try TCPListener(
                address: SocketAddress(ip: .v4(0x7f00_0001), port: 0), on: loop
            ) { socket in
                let socket = LoopBound(socket, on: loop)
                loop.spawn {
                    let connections = connections.value
                    let transport = Transport(socket.value)
                    guard let member = connections.add(transport) else { return }
                    member.canPark = true
                    await bound.value.serve(
                        transport, version, serverName: ServerName("shop.example.com"),
                        names: certificateNames, member, of: connections)
                    connections.finish(member)
                }
            }
            let end = {
                for listener in listeners + [listener] { listener.close() }
                origins.retire()
                loop.spawn { _ = await connections.value.drain(patience: .zero, on: loop) }
            }
            return (listener.localAddress, bound, urls, LoopBound(end, on: loop))
        }
    }

    /// Later than any test ends: a rig may be released while its last client is still being served.
    deinit {
        let end = end
        loop.execute { _ = end.loop.schedule(after: .seconds(30)) { end.value() } }
    }

    /// Tells the proxy what the health checks of an origin say.
    func checked(_ place: Int, isHealthy: Bool) async {
        await loop.call { [proxy, origins] in
            proxy.value.checked(origins[place], isHealthy: isHealthy)
        }
    }

    /// Sends a domain's requests to these origins, by their places; none: where those of others go.
    func setOrigins(_ places: [Int], of name: CertificateName) async {
        await loop.call { [proxy, origins] in
            proxy.value.setOrigins([name: places.map { origins[$0] }])
        }
    }

    /// Says where such origins may be.
    func restrictOrigins(to targets: OriginTargets) async {
        await loop.call { [proxy] in proxy.value.restrictOrigins(to: targets) }
    }

    /// Takes a name out of service, or puts it back.
    func set(_ name: CertificateName, isWithdrawn: Bool) async {
        await loop.call { [proxy] in proxy.value.set(name, isWithdrawn: isWithdrawn) }
    }

    /// Runs `body` as a client with a connection to the proxy.
    func client<R: Sendable>(
        _ body: @escaping @Sendable (Peer) async throws -> R
    ) async throws -> R {
        let loop = loop
        let edge = edge
        return try await onLoop(loop) {
            let socket = try await TCPSocket.connect(to: edge, on: loop, timeout: .seconds(60))
            let peer = Peer(socket)
            defer { socket.close() }
            return try await body(peer)
        }
    }

    /// The same with a client that speaks HTTP/2 from the first byte on.
    func http2Client<R: Sendable>(
        _ body: @escaping @Sendable (HTTP2Endpoint) async throws -> R
    ) async throws -> R {
        let loop = loop
        let edge = edge
        return try await onLoop(loop) {
            let socket = try await TCPSocket.connect(to: edge, on: loop, timeout: .seconds(60))
            let endpoint = HTTP2Endpoint(
                Transport(socket), role: .client, limits: HTTP2Limits(), timeouts: HTTP2Timeouts())
            endpoint.begin()
            let bound = LoopBound(endpoint, on: loop)
            loop.spawn { try? await bound.value.run(nil) }
            defer { socket.close() }
            return try await body(endpoint)
        }
    }

    /// Waits until so many connections are parked.
    func parked(_ count: Int) async throws {
        let connections = connections
        let limit = ContinuousClock.now + .seconds(60)
        while await loop.call({ connections.value.parkedCount }) != count {
            guard ContinuousClock.now < limit else { throw NeverParked(count: count) }
            try await loop.sleep(for: .milliseconds(1))
        }
    }

    /// Ends all connections in good order, each when it can.
    func retireAll() async {
        let connections = connections
        await loop.call { connections.value.retire { _ in true } }
    }

    /// Closes what is idle, and waits for the rest.
    func drain() async -> Int {
        let connections = connections
        return await loop.call {
            await connections.value.drain(patience: .seconds(20), on: connections.loop)
        }
    }

    /// Sends `request` and answers all that comes until the connection ends.
    func send(_ request: String) async throws -> String {
        try await client { peer in
            try await peer.send(request)
            return try await peer.rest()
        }
    }
}

/// One end of a connection in a test's hands. On one loop.
final class Peer {
    let socket: TCPSocket
    private var input = ByteBuffer()

    init(_ socket: TCPSocket) {
        self.socket = socket
        socket.deadline = .now + .seconds(120)
    }

    func send(_ text: String) async throws {
        var output = ByteBuffer()
        output.append(text)
        try await socket.send(&output)
    }

    func send(bytes: [UInt8]) async throws {
        var output = ByteBuffer()
        output.append(bytes)
        try await socket.send(&output)
    }

    /// All that comes until the other side ends; a reset throws.
    func allBytes() async throws -> [UInt8] {
        while try await socket.receive(into: &input) > 0 {}
        return input.take(input.readableCount)
    }

    /// Reads up to and with `mark`; what has come when the connection ends before that.
    func read(through mark: String) async throws -> String {
        var text = ""
        while !text.hasSuffix(mark) {
            if input.isEmpty, try await socket.receive(into: &input) == 0 { break }
            text += String(decoding: input.take(1), as: UTF8.self)
        }
        return text
    }

    func head() async throws -> String {
        try await read(through: "\r\n\r\n")
    }

    func read(_ count: Int) async throws -> String {
        String(decoding: try await bytes(count), as: UTF8.self)
    }

    func bytes(_ count: Int) async throws -> [UInt8] {
        while input.readableCount < count {
            guard try await socket.receive(into: &input) > 0 else { break }
        }
        return input.take(min(count, input.readableCount))
    }

    /// Reads until the other side ends; a reset ends it too.
    func rest() async throws -> String {
        while let count = try? await socket.receive(into: &input), count > 0 {}
        return String(decoding: input.take(input.readableCount), as: UTF8.self)
    }
}

/// What the proxy told its observer.
final class Notes: ProxyObserver {
    private let kept = Mutex<([AccessRecord], [ProxyEvent])>(([], []))
    var wantsAccessRecords: Bool { true }
    func record(_ record: AccessRecord) { kept.withLock { $0.0.append(record) } }
    func note(_ event: ProxyEvent) { kept.withLock { $0.1.append(event) } }
    var records: [AccessRecord] { kept.withLock { $0.0 } }
    var events: [ProxyEvent] { kept.withLock { $0.1 } }
}

struct NumericLookup: HostLookup {
    struct NotNumeric: Error {}
    func addresses(of host: String) async throws -> [IPAddress] {
        if host == "never.test" { try await Task.sleep(for: .seconds(3600)) }
        guard let ip = IPAddress(host) else { throw NotNumeric() }
        return [ip]
    }
}

struct NeverParked: Error { let count: Int }

/// Counts, from any thread.
final class Counter: Sendable {
    private let count = Mutex(0)
    @discardableResult func next() -> Int {
        count.withLock {
            $0 += 1
            return $0
        }
    }
    var value: Int { count.withLock { $0 } }
}

func onLoop<R: Sendable>(
    _ loop: EventLoop, _ body: @escaping @Sendable () async throws -> R
) async throws -> R {
    try await withCheckedThrowingContinuation { continuation in
        loop.spawn {
            do { continuation.resume(returning: try await body()) } catch {
                continuation.resume(throwing: error)
            }
        }
    }
}

func listen(
    on loop: EventLoop, _ serve: @escaping @Sendable (Peer) async throws -> Void
) throws -> SocketAddress {
    let listener = try openListener(on: loop, serve)
    keep(listener, on: loop)
    return listener.localAddress
}

func openListener(
    on loop: EventLoop, _ serve: @escaping @Sendable (Peer) async throws -> Void
) throws -> TCPListener {
    try TCPListener(
        address: SocketAddress(ip: .v4(0x7f00_0001), port: 0), on: loop
    ) { socket in
        let socket = LoopBound(socket, on: loop)
        loop.spawn {
            try? await serve(Peer(socket.value))
            socket.value.close()
        }
    }
}

private func keep(_ object: AnyObject, on loop: EventLoop) {
    let bound = LoopBound(object, on: loop)
    loop.spawn {
        try? await loop.sleep(for: .seconds(600))
        _ = bound.value
    }
}
