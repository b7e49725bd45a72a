// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking
import Proxy
import TLS
import Testing

@Suite struct OriginsTests {
    /// Answers each request with its own name.
    static func named(_ name: String) -> Rig.Script {
        { origin in
            while try await !origin.head().isEmpty { try await origin.send(answer(name)) }
        }
    }

    static func answer(_ body: String) -> String {
        "HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    static func request(
        _ method: String = "GET", host: String = "shop.example.com", _ more: String = ""
    ) -> String {
        "\(method) / HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\(more)\r\n"
    }

    /// Nobody listens there.
    private static let nowhere = OriginURL("http://127.0.0.1:1")

    @Test func `requests go to each origin in turn`() async throws {
        let rig = try await Rig(origins: ["one", "two", "six"].map(Self.named))
        var bodies: [String] = []
        for _ in 0..<6 { bodies.append(String(try await rig.send(Self.request()).suffix(3))) }
        #expect(bodies == ["one", "two", "six", "one", "two", "six"])
    }

    @Test func `least connections leaves alone who is busy`() async throws {
        let asked = Counter()
        let released = Counter()
        let busy: Rig.Script = { origin in
            _ = try await origin.head()
            asked.next()
            while released.value == 0 { try await origin.socket.loop.sleep(for: .milliseconds(1)) }
            try await origin.send(Self.answer("one"))
        }
        let rig = try await Rig(
            origins: [busy, Self.named("two")],
            route: { table, urls in
                table.balancer.method = .leastConnections
                return urls
            })
        async let first = rig.send(Self.request())
        while asked.value == 0 { try await rig.loop.sleep(for: .milliseconds(1)) }
        for _ in 0..<4 { #expect(try await rig.send(Self.request()).hasSuffix("two")) }
        released.next()
        #expect(try await first.hasSuffix("one"))
    }

    // MARK: Failures

    @Test(arguments: [
        request(), request("POST", "Content-Length: 2\r\n") + "hi",
        request("POST", "Transfer-Encoding: chunked\r\n") + "2\r\nhi\r\n0\r\n\r\n",
    ])
    func `an origin that cannot be reached costs no request, whatever its method`(
        request: String
    ) async throws {
        let rig = try await Rig(
            origins: [Self.named("two")], route: { [Self.nowhere].compactMap(\.self) + $1 })
        for _ in 0..<10 { #expect(try await rig.send(request).hasSuffix("two")) }
        let asides = rig.observer.events.filter {
            if case .originPutAside(let origin, .seconds(5), _) = $0 {
                origin == "http://127.0.0.1:1/"
            } else {
                false
            }
        }
        #expect(asides.count == 1)
        #expect(rig.observer.records.allSatisfy { $0.status == 200 })
    }

    @Test func `a request is not sent to more than three origins that cannot be reached`()
        async throws
    {
        let rig = try await Rig(
            origins: [Self.named("last")],
            route: { _, urls in
                (1...3).compactMap { OriginURL("http://127.0.0.1:\($0)") } + urls
            })
        #expect(try await rig.send(Self.request()).hasPrefix("HTTP/1.1 502 "))
        #expect(try await rig.send(Self.request()).hasSuffix("last"))
    }

    @Test func `an origin that does not finish its handshake leaves time for the next`()
        async throws
    {
        let rig = try await Rig(
            origins: [{ _ = try await $0.rest() }, Self.named("two")],
            route: { table, urls in
                table.pool.connectTimeout = .seconds(4)
                return [OriginURL("https://\(urls[0].url.authority)"), urls[1]].compactMap(\.self)
            })
        #expect(try await rig.send(Self.request()).hasSuffix("two"))
    }

    @Test func `an origin whose name nobody resolves in time leaves time for the next`()
        async throws
    {
        let rig = try await Rig(
            origins: [Self.named("two")],
            route: { table, urls in
                table.pool.connectTimeout = .seconds(4)
                return [OriginURL("http://never.test")].compactMap(\.self) + urls
            })
        #expect(try await rig.send(Self.request()).hasSuffix("two"))
    }

    @Test func `an only origin has all the time to connect, and then it is a 504`() async throws {
        let rig = try await Rig(
            origins: [{ _ = try await $0.rest() }],
            route: { table, urls in
                table.pool.connectTimeout = .milliseconds(100)
                return [OriginURL("https://\(urls[0].url.authority)")].compactMap(\.self)
            })
        #expect(try await rig.send(Self.request()).hasPrefix("HTTP/1.1 504 "))
    }

    @Test
    func `a request that dies with its origin is answered by another when it may be repeated`()
        async throws
    {
        let died = Counter()
        let dying: Rig.Script = { origin in
            _ = try await origin.head()
            died.next()
            origin.socket.reset()
        }
        let rig = try await Rig(origins: [dying, Self.named("two")])
        #expect(try await rig.send(Self.request()).hasSuffix("two"))
        #expect(died.value == 1)
        // The next turn is the healthy one's, and the one after it costs the POST.
        #expect(try await rig.send(Self.request()).hasSuffix("two"))
        let post = Self.request("POST", "Content-Length: 2\r\n") + "hi"
        var statuses: [Int] = []
        for _ in 0..<2 {
            _ = try await rig.send(post)
            statuses.append(try #require(rig.observer.records.last).status)
        }
        #expect(statuses.sorted() == [200, 502])
    }

    @Test func `an answer that broke off is not asked for again`() async throws {
        let dying: Rig.Script = { origin in
            _ = try await origin.head()
            try await origin.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nonly")
            origin.socket.reset()
        }
        let asked = Counter()
        let rig = try await Rig(
            origins: [
                dying,
                { origin in
                    _ = try await origin.head()
                    asked.next()
                },
            ])
        #expect(try await rig.send(Self.request()).hasSuffix("only"))
        #expect(asked.value == 0)
    }

    @Test func `an origin that came back is asked again`() async throws {
        let refusals = Counter()
        let rig = try await Rig(
            origins: [
                { origin in
                    guard refusals.next() > 3 else { return }
                    while try await !origin.head().isEmpty {
                        try await origin.send(Self.answer("one"))
                    }
                }, Self.named("two"),
            ],
            route: { table, urls in
                table.balancer.aside = .milliseconds(50)
                table.balancer.slowStart = .zero
                return urls
            })
        var bodies: Set<Substring> = []
        while !bodies.contains("one") {
            let answer = try await rig.send(Self.request())
            #expect(answer.hasPrefix("HTTP/1.1 200 "))
            bodies.insert(answer.suffix(3))
        }
        #expect(
            rig.observer.events.contains {
                if case .originCameBack = $0 { true } else { false }
            })
    }

    // MARK: Connections

    @Test(arguments: [(1, 3), (2, 2)])
    func `kept connections to all origins together have one bound`(
        limit: Int, opened: Int
    ) async throws {
        let connections = Counter()
        let ended = Counter()
        let script: Rig.Script = { origin in
            connections.next()
            while try await !origin.head().isEmpty { try await origin.send(Self.answer("yes")) }
            ended.next()
        }
        let rig = try await Rig(
            origins: [script, script],
            route: { table, urls in
                table.pool.idleLimit = limit
                return urls
            })
        for _ in 0..<3 { #expect(try await rig.send(Self.request()).hasSuffix("yes")) }
        // The one that waited longest was closed: it may take a moment to learn of it.
        while connections.value - ended.value > limit {
            try await rig.loop.sleep(for: .milliseconds(1))
        }
        #expect(connections.value == opened)
    }

    // MARK: Health checks

    @Test func `an origin whose checks fail is not asked, in a list that is new too`() async throws
    {
        let rig = try await Rig(
            names: ["*.example.com"], origins: ["one", "two"].map(Self.named),
            route: { table, urls in
                if let own = CertificateName("own.example.com") {
                    table.domains[own] = urls.reversed()
                }
                return urls
            })
        await rig.checked(0, isHealthy: false)
        for host in ["shop.example.com", "own.example.com"] {
            for _ in 0..<3 {
                #expect(try await rig.send(Self.request(host: host)).hasSuffix("two"))
            }
        }
        await rig.checked(0, isHealthy: true)
        for host in ["shop.example.com", "own.example.com"] {
            var bodies: Set<Substring> = []
            while bodies.count < 2 {
                bodies.insert(try await rig.send(Self.request(host: host)).suffix(3))
            }
        }
    }

    // MARK: PROXY protocol

    @Test func `a PROXY header names the client, and its connection is no other client's`()
        async throws
    {
        let connections = Counter()
        let rig = try await Rig(
            origins: [
                { origin in
                    connections.next()
                    let line = try await origin.read(through: "\r\n")
                    while try await !origin.head().isEmpty {
                        try await origin.send(Self.answer(line))
                    }
                }
            ],
            route: { table, urls in
                table.pool.announces = .v1
                return urls
            })
        var sources: Set<String> = []
        for _ in 0..<3 {
            try await rig.client { peer in
                let port = try #require(peer.socket.localAddress).port
                for _ in 0..<2 {
                    try await peer.send("GET / HTTP/1.1\r\nHost: shop.example.com\r\n\r\n")
                    _ = try await peer.head()
                    let line = try await peer.read(through: "\r\n")
                    let end = "\(port) \(peer.socket.remoteAddress.port)\r\n"
                    #expect(line == "PROXY TCP4 127.0.0.1 127.0.0.1 \(end)")
                }
            }
            sources.insert("\(connections.value)")
        }
        #expect(sources == ["1", "2", "3"])
    }

    @Test func `a PROXY header names the client that a trusted proxy names, without a port`()
        async throws
    {
        let rig = try await Rig(
            origins: [
                { origin in
                    let line = try await origin.read(through: "\r\n")
                    _ = try await origin.head()
                    try await origin.send(Self.answer(line))
                }
            ],
            route: { table, urls in
                table.pool.announces = .v1
                return urls
            },
            configure: { configuration in
                configuration.trustedProxies = TrustedProxies(
                    ["127.0.0.0/8"].compactMap { AddressBlock($0) })
            })
        let answer = try await rig.send(Self.request("GET", "X-Forwarded-For: 192.0.2.7\r\n"))
        #expect(answer.contains(/PROXY TCP4 192\.0\.2\.7 127\.0\.0\.1 0 \d+\r\n/))
    }

    @Test func `a PROXY header of version 2 goes before the request`() async throws {
        let rig = try await Rig(
            origins: [
                { origin in
                    // The signature, command and family, the length, two addresses and ports.
                    let header = try await origin.read(12 + 2 + 2 + 12)
                    _ = try await origin.head()
                    let isHeader = header.hasPrefix("\r\n\r\n\0\r\nQUIT\n!\u{11}\0\u{c}")
                    try await origin.send(Self.answer(isHeader ? "yes" : "no"))
                }
            ],
            route: { table, urls in
                table.pool.announces = .v2
                return urls
            })
        #expect(try await rig.send(Self.request()).hasSuffix("yes"))
    }
}
