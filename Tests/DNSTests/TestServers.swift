// SPDX-License-Identifier: Apache-2.0
import Networking

@testable import DNS

/// Servers on loopback that behave well or badly, and a resolver that asks them.
enum TestServers {
    static let name = DNSName("shop.example.com")!
    static let zone = Zone([
        ResourceRecord(name, ttl: 60, .address(IPAddress("192.0.2.1")!)),
        ResourceRecord(DNSName("www.example.com")!, ttl: 60, .cname(name)),
    ])

    /// What a server of the test does with a query: the bytes to send, one, several or none.
    typealias Behaviour = @Sendable (Message, DNSTransport) -> [[UInt8]]

    static let honest: Behaviour = { query, _ in [zone.answer(to: query).bytes] }
    static let silent: Behaviour = { _, _ in [] }

    static func failing(_ code: ResponseCode) -> Behaviour {
        { query, _ in
            var response = zone.answer(to: query)
            response.answers = []
            response.header.responseCode = code
            return [response.bytes]
        }
    }

    /// For tests that wait for a silent server.
    static func hurried(_ configuration: inout Resolver.Configuration) {
        configuration.tryTimeout = .milliseconds(300)
    }

    /// Asks a resolver over servers that behave as given, on a loop of their own.
    static func ask(
        _ behaviours: [Behaviour], _ name: DNSName = name, _ type: RecordType = .a,
        tune: (inout Resolver.Configuration) -> Void = { _ in }
    ) async throws -> Answer {
        try await withResolver(behaviours, tune: tune) { await $0.resolve(name, type) }
    }

    static func withResolver<R: Sendable>(
        _ behaviours: [Behaviour], handling: CaseHandling? = .folding,
        tune: (inout Resolver.Configuration) -> Void = { _ in },
        _ body: (Resolver) async throws -> R
    ) async throws -> R {
        let loop = try EventLoop(name: "dns")
        defer { loop.shutdown() }
        let started = await loop.run {
            Result {
                LoopBound(
                    try behaviours.map { behaviour in
                        try Responder(at: SocketAddress("127.0.0.1:0")!, on: loop) {
                            bytes, transport, _ in
                            behaviour(try! Message(bytes), transport)
                        }
                    }, on: loop)
            }
        }
        let responders = try started.get()
        let servers = await loop.run { responders.value.map(\.address) }
        var configuration = Resolver.Configuration(servers: servers)
        configuration.tryTimeout = .seconds(3)
        tune(&configuration)
        let resolver = Resolver(configuration, on: loop)
        for server in servers { await resolver.take(server, for: handling) }
        let result = try await body(resolver)
        await loop.run { for responder in responders.value { responder.close() } }
        return result
    }
}

extension Resolver {
    fileprivate func take(_ server: SocketAddress, for handling: CaseHandling?) {
        caseHandling[server] = handling
    }
}
